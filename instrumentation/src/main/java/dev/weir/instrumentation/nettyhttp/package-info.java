/** Netty's own HTTP/1.1 codec. */
@NullMarked
package dev.weir.instrumentation.nettyhttp;

import org.jspecify.annotations.NullMarked;
