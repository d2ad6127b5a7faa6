/** Agents whose layers all retry, and a dependency that slows down under load. */
@NullMarked
package dev.weir.incidents.retrystorm;

import org.jspecify.annotations.NullMarked;
