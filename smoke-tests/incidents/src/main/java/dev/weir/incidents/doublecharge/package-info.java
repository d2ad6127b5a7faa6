/** A payment tool that dies after the money has moved, and the loop that calls it again. */
@NullMarked
package dev.weir.incidents.doublecharge;

import org.jspecify.annotations.NullMarked;
