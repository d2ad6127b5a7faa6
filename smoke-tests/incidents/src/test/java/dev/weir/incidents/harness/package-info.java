/** Runs an incident without Weir, in observe and in enforce, and measures from outside what happened. */
@NullMarked
package dev.weir.incidents.harness;

import org.jspecify.annotations.NullMarked;
