/** Kafka's own client: producers and consumers. */
@NullMarked
package dev.weir.instrumentation.kafka;

import org.jspecify.annotations.NullMarked;
