/** Files, through {@code java.io} and {@code java.nio}. Everything here but the adapter itself runs on the boot loader. */
@NullMarked
package dev.weir.instrumentation.files;

import org.jspecify.annotations.NullMarked;
