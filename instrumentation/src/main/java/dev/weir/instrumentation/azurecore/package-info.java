/** The Azure SDK's core. */
@NullMarked
package dev.weir.instrumentation.azurecore;

import org.jspecify.annotations.NullMarked;
