/** One agent writes reports; another, separate program picks them up later. */
@NullMarked
package dev.weir.incidents.filehop;

import org.jspecify.annotations.NullMarked;
