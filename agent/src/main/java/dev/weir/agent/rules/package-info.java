/** Rules, their verdicts, and the book that knows their modes. */
@NullMarked
package dev.weir.agent.rules;

import org.jspecify.annotations.NullMarked;
