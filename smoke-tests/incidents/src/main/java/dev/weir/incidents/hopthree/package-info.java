/** A gateway that gives up after 500 ms, and three hops behind it that do not notice. */
@NullMarked
package dev.weir.incidents.hopthree;

import org.jspecify.annotations.NullMarked;
