/** The one transformer, the linker, and the fuse's other half: everything that touches bytecode. */
@NullMarked
package dev.weir.instrumentation.weaving;

import org.jspecify.annotations.NullMarked;
