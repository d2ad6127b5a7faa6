/** JDBC, whatever the driver and the pool. */
@NullMarked
package dev.weir.instrumentation.jdbc;

import org.jspecify.annotations.NullMarked;
