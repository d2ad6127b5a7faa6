/** The web page of {@code serve} in a real browser. */
@NullMarked
package dev.weir.page;

import org.jspecify.annotations.NullMarked;
