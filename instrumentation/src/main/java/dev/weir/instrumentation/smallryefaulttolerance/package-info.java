/** SmallRye Fault Tolerance. */
@NullMarked
package dev.weir.instrumentation.smallryefaulttolerance;

import org.jspecify.annotations.NullMarked;
