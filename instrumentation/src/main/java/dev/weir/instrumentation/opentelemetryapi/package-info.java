/** The application's own OpenTelemetry API, with an SDK or without one. */
@NullMarked
package dev.weir.instrumentation.opentelemetryapi;

import org.jspecify.annotations.NullMarked;
