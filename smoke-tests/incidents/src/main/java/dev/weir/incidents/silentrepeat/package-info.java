/** A payment that the HTTP client sends twice by itself. */
@NullMarked
package dev.weir.incidents.silentrepeat;

import org.jspecify.annotations.NullMarked;
