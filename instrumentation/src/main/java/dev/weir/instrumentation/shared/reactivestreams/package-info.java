/** What adapters of libraries on Reactive Streams share. It exists beside each such library, and knows nothing more of it. */
@NullMarked
package dev.weir.instrumentation.shared.reactivestreams;

import org.jspecify.annotations.NullMarked;
