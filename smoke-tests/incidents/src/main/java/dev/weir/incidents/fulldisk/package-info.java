/** An application on a disk that is full, or that may not be written. */
@NullMarked
package dev.weir.incidents.fulldisk;

import org.jspecify.annotations.NullMarked;
