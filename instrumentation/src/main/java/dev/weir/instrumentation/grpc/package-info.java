/** gRPC, as client and as server. */
@NullMarked
package dev.weir.instrumentation.grpc;

import org.jspecify.annotations.NullMarked;
