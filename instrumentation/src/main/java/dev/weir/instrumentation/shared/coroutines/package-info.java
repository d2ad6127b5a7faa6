/** What adapters of libraries on Kotlin's coroutines share. It exists beside each such library, and knows nothing more of it. */
@NullMarked
package dev.weir.instrumentation.shared.coroutines;

import org.jspecify.annotations.NullMarked;
