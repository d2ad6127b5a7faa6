package dev.weir.instrumentation.ktor;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.OwnCause;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.shared.coroutines.Outcome;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.ktor.client.request.HttpRequestBuilder;
import kotlin.coroutines.Continuation;
import org.jspecify.annotations.Nullable;

/** The {@code HttpRequestRetry} plugin of the Ktor client. */
public final class KtorRetryInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "ktor-retry";
    }

    @Override
    public void weave(Weaving weaving) {
        for (String sender : new String[] {"InterceptedSender", "DefaultSender"}) {
            weaving.type("io.ktor.client.plugins.HttpSend$" + sender)
                    .exactly(
                            "execute",
                            "Send",
                            "io.ktor.client.request.HttpRequestBuilder",
                            "kotlin.coroutines.Continuation");
        }
    }

    /** Whoever sends is known by its continuation: that of the plugin is the same for all tries of one request. */
    static final class Send {

        // Requests that are being tried at the same time.
        static final WeakIdentityMap<RetryLoop> LOOPS = new WeakIdentityMap<>(65_536);

        static @Nullable Try enter(
                Object sender, @Nullable HttpRequestBuilder request, Continuation<Object> continuation) {
            if (request == null) return null;
            String caller = continuation.getClass().getName();
            return caller.startsWith("io.ktor.client.plugins.HttpRequestRetry") ? Try.of(request, continuation) : null;
        }

        static Continuation<Object> argument1(
                @Nullable Try next,
                Object sender,
                @Nullable HttpRequestBuilder request,
                Continuation<Object> continuation) {
            return next == null ? continuation : next;
        }

        static void exit(@Nullable Try next, @Nullable Object result, @Nullable Throwable thrown) {
            if (next != null) next.sent(thrown == null && Outcome.isSuspended(result), thrown);
        }
    }

    /** One try, and who waits for it. */
    static final class Try extends ForwardingContinuation {

        private final OwnCause place;
        private final @Nullable Call call;

        private Try(HttpRequestBuilder request, Continuation<Object> continuation, RetryLoop loop) {
            super(continuation);
            Object cause = Cause.of(request.getAttributes());
            place = cause == null ? OwnCause.NONE : OwnCause.of(cause);
            call = loop.begin();
            // From here on it is the try that causes the request.
            Cause.remember(request.getAttributes());
        }

        static Try of(HttpRequestBuilder request, Continuation<Object> continuation) {
            RetryLoop loop = Send.LOOPS.get(continuation);
            if (loop == null) {
                loop = new RetryLoop("ktor-retry", "ktor");
                Send.LOOPS.put(continuation, loop);
            }
            return new Try(request, continuation, loop);
        }

        /** This thread is done with it. */
        void sent(boolean suspended, @Nullable Throwable thrown) {
            if (suspended) Hooks.leave(call);
            else Hooks.end(call, 0, thrown);
            place.leave();
        }

        @Override
        public void resumeWith(@Nullable Object result) {
            Hooks.end(call, 0, Outcome.failure(result));
            continuation.resumeWith(result);
        }
    }
}
