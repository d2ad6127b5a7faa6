/** A service with a loop of retries in it. */
@NullMarked
package dev.weir.backend;

import org.jspecify.annotations.NullMarked;
