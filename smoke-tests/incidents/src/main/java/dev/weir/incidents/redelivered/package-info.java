/** A broker delivers an order again, because its consumer failed between the charge and the commit. */
@NullMarked
package dev.weir.incidents.redelivered;

import org.jspecify.annotations.NullMarked;
