/** The payment provider that the shop depends on, on a bad day. */
@NullMarked
package example.shop.payments;

import org.jspecify.annotations.NullMarked;
