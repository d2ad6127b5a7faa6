/** The spine: one call from hook to export. */
@NullMarked
package dev.weir.agent.pipeline;

import org.jspecify.annotations.NullMarked;
