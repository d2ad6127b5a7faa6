/** A hundred workers and a webhook that does its work and then takes too long to say so. */
@NullMarked
package dev.weir.incidents.webhooks;

import org.jspecify.annotations.NullMarked;
