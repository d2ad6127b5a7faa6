/** Records to spans, and out. */
@NullMarked
package dev.weir.agent.export;

import org.jspecify.annotations.NullMarked;
