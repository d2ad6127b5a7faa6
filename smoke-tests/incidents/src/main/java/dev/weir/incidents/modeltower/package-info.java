/** Three libraries that each try three times, over one model that is not available. */
@NullMarked
package dev.weir.incidents.modeltower;

import org.jspecify.annotations.NullMarked;
