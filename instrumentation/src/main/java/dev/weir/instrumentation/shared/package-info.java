/** What several adapters share. It exists beside each library, as they do, and knows none. */
@NullMarked
package dev.weir.instrumentation.shared;

import org.jspecify.annotations.NullMarked;
