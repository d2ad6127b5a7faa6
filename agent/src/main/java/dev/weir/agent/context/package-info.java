/** Causal context, operation identity, deadline, wire formats. */
@NullMarked
package dev.weir.agent.context;

import org.jspecify.annotations.NullMarked;
