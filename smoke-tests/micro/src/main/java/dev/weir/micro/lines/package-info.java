/** Limits of the agent: how fast its exporter is, how it grows, and how late its slowest calls are. */
@NullMarked
package dev.weir.micro.lines;

import org.jspecify.annotations.NullMarked;
