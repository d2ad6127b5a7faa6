package dev.weir.instrumentation.gax;

import com.google.api.gax.rpc.ServerStreamingCallable;
import com.google.api.gax.rpc.UnaryCallable;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;

/** The retries of gax, which all Google Cloud clients share: unary calls, and streams from a server. */
public final class GaxInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "gax";
    }

    @Override
    public void weave(Weaving weaving) {
        // Each logical call makes one of these, on its caller's thread, and calls the inner callable once for each try.
        weaving.type("com.google.api.gax.rpc.AttemptCallable")
                .method("<init>", "Unary", "com.google.api.gax.rpc.UnaryCallable");
        weaving.type("com.google.api.gax.rpc.ServerStreamingAttemptCallable")
                .method("<init>", "Streaming", "com.google.api.gax.rpc.ServerStreamingCallable");
    }

    static final class Unary {

        static <Q, R> UnaryCallable<Q, R> argument0(UnaryCallable<Q, R> inner) {
            return new UnaryTries<>(inner);
        }
    }

    static final class Streaming {

        static <Q, R> ServerStreamingCallable<Q, R> argument0(ServerStreamingCallable<Q, R> inner) {
            return new StreamTries<>(inner);
        }
    }
}
