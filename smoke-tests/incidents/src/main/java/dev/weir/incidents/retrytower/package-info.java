/** Three layers that each try three times, over one dead dependency. */
@NullMarked
package dev.weir.incidents.retrytower;

import org.jspecify.annotations.NullMarked;
