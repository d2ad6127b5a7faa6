/** A request that crosses three processes, two of the hops by gRPC. */
@NullMarked
package dev.weir.incidents.grpcrelay;

import org.jspecify.annotations.NullMarked;
