package dev.weir.instrumentation.azurecore;

import com.azure.core.http.HttpResponse;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The retries that all clients of the Azure SDK share: {@code RetryPolicy}, blocking and asynchronous.
 *
 * <p>The policy is given the rest of the pipeline, and lets a copy of that process the request for each try.
 */
public final class AzureCoreInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "azure-core";
    }

    @Override
    public void weave(Weaving weaving) {
        String http = "com.azure.core.http.";
        weaving.type(http + "policy.RetryPolicy")
                .method("attemptAsync", "Try", attempt(http, "HttpPipelineNextPolicy"))
                .method("attemptSync", "Try", attempt(http, "HttpPipelineNextSyncPolicy"));
        weaving.type(http + "HttpPipelineNextPolicy").exactly("clone", "Copy").exactly("process", "Send");
        weaving.type(http + "HttpPipelineNextSyncPolicy")
                .exactly("clone", "Copy")
                .exactly("processSync", "SendSync");
    }

    private static String[] attempt(String http, String next) {
        return new String[] {http + "HttpPipelineCallContext", http + next, http + "HttpRequest", "int"};
    }

    /** What is being retried, by the rest of the pipeline that the policy was given. */
    static final WeakIdentityMap<Tries> RETRIED = new WeakIdentityMap<>(1 << 16);

    /** The copies that have not processed anything yet. */
    static final WeakIdentityMap<Copied> COPIES = new WeakIdentityMap<>(1 << 16);

    /** The tries of one request. */
    static final class Tries {

        private volatile @Nullable RetryLoop loop;
        private volatile boolean begun;

        /** @param first whoever subscribes to the first try once more makes the whole call once more */
        RetryLoop loop(boolean first) {
            RetryLoop known = loop;
            if (known != null && !first) return known;
            RetryLoop made = new RetryLoop("azure-core", "azure-core").causedHere();
            loop = made;
            return made;
        }
    }

    record Copied(Tries tries, boolean first) {

        RetryLoop loop() {
            return tries.loop(first);
        }
    }

    static final class Try {

        static void enter(Object policy, Object context, Object next, Object request, Object number) {
            if (number.equals(0)) RETRIED.put(next, new Tries());
        }
    }

    static final class Copy {

        static void exit(@Nullable Object copy, @Nullable Throwable thrown, Object next) {
            Tries tries = RETRIED.get(next);
            if (tries == null || copy == null || COPIES.get(copy) != null) return;
            COPIES.put(copy, new Copied(tries, !tries.begun));
            tries.begun = true;
        }
    }

    static final class SendSync {

        static @Nullable Call enter(Object next) {
            Copied copied = COPIES.remove(next);
            return copied == null ? null : copied.loop().begin();
        }

        static void exit(@Nullable Call call, @Nullable Object response, @Nullable Throwable thrown) {
            RetryLoop.end(call, response, thrown);
        }
    }

    static final class Send {

        static @Nullable Copied enter(Object next) {
            return COPIES.remove(next);
        }

        static @Nullable Mono<HttpResponse> exit(
                @Nullable Copied copied, @Nullable Mono<HttpResponse> response, @Nullable Throwable thrown) {
            return copied == null || response == null ? response : new TriedMono<>(response, copied::loop);
        }
    }
}
