/** Start-up: from premain to woven. */
@NullMarked
package dev.weir.agent;

import org.jspecify.annotations.NullMarked;
