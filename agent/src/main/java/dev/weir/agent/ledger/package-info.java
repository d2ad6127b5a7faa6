/** State that outlives a call. */
@NullMarked
package dev.weir.agent.ledger;

import org.jspecify.annotations.NullMarked;
