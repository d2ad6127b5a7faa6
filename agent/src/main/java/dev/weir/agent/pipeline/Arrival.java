package dev.weir.agent.pipeline;

import dev.weir.agent.context.Baggage;
import dev.weir.agent.context.ScopeAttempt;
import dev.weir.agent.context.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * What a request or message from outside says of what it is part of, as far as it is believed.
 *
 * @param remote the span that caused it
 * @param deadlineNanos when its sender gives up, on the clock of {@link System#nanoTime}
 * @param scope the attempt of the root operation that it is
 * @param path the attempts on the way here
 */
record Arrival(@Nullable TraceParent remote, Baggage baggage, long deadlineNanos, ScopeAttempt scope, String path) {}
