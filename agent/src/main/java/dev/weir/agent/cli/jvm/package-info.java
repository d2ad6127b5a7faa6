/** Commands that look at, and change, a running JVM. */
@NullMarked
package dev.weir.agent.cli.jvm;

import org.jspecify.annotations.NullMarked;
