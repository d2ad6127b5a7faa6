/** A small shop, as anyone would write it: an agent, a worker and a payment provider, three processes that speak HTTP. */
@NullMarked
package example.shop;

import org.jspecify.annotations.NullMarked;
