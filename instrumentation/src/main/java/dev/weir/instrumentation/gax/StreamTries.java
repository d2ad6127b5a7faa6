package dev.weir.instrumentation.gax;

import com.google.api.gax.rpc.ApiCallContext;
import com.google.api.gax.rpc.ResponseObserver;
import com.google.api.gax.rpc.ServerStreamingCallable;
import com.google.api.gax.rpc.StreamController;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** The stream that gax tries, a try each time. A stream that is resumed in its middle is a try too. */
final class StreamTries<Q, R> extends ServerStreamingCallable<Q, R> {

    private final ServerStreamingCallable<Q, R> tried;
    private final Tries tries = new Tries();

    StreamTries(ServerStreamingCallable<Q, R> tried) {
        this.tried = tried;
    }

    @Override
    public void call(Q request, ResponseObserver<R> observer, @Nullable ApiCallContext context) {
        tries.next(call -> {
            tried.call(request, new Ending<>(observer, call), context);
            return null;
        });
    }

    /** Hears the end of a try before gax does. */
    private static final class Ending<R> implements ResponseObserver<R> {

        private final ResponseObserver<R> observer;
        private final @Nullable Call call;

        Ending(ResponseObserver<R> observer, @Nullable Call call) {
            this.observer = observer;
            this.call = call;
        }

        @Override
        public void onStart(StreamController controller) {
            observer.onStart(controller);
        }

        @Override
        public void onResponse(R response) {
            observer.onResponse(response);
        }

        @Override
        public void onError(Throwable thrown) {
            Hooks.end(call, 0, thrown);
            observer.onError(thrown);
        }

        @Override
        public void onComplete() {
            Hooks.end(call, 0, null);
            observer.onComplete();
        }
    }
}
