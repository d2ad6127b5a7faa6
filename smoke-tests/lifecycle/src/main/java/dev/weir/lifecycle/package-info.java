/** Programs that call, and end in different ways. They know nothing of Weir. */
@NullMarked
package dev.weir.lifecycle;

import org.jspecify.annotations.NullMarked;
