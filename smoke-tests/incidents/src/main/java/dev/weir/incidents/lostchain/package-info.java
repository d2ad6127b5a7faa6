/** Three agents that call each other over every hand-off that loses a thread-local. */
@NullMarked
package dev.weir.incidents.lostchain;

import org.jspecify.annotations.NullMarked;
