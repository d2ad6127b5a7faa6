package dev.weir.instrumentation.googlehttpclient;

import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.LowLevelHttpRequest;
import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;

/**
 * The retries of google-http-client: {@code HttpRequest.execute()}, over every transport.
 *
 * <p>What the application's handlers do between two tries belongs to neither.
 */
public final class GoogleHttpClientInstrumentation implements Instrumentation {

    private static final String PACKAGE = "com.google.api.client.http.";

    @Override
    public String name() {
        return "google-http-client";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(PACKAGE + "HttpRequest")
                .exactly("execute", "Execute")
                .exactly("handleRedirect", "Redirect", "int", PACKAGE + "HttpHeaders");
        // Each try puts its headers into a new request of the transport's, and then executes that.
        weaving.type(PACKAGE + "HttpHeaders")
                .exactly(
                        "serializeHeaders",
                        "Begin",
                        PACKAGE + "HttpHeaders",
                        "java.lang.StringBuilder",
                        "java.lang.StringBuilder",
                        "java.util.logging.Logger",
                        PACKAGE + "LowLevelHttpRequest");
        weaving.subclassesOf(PACKAGE + "LowLevelHttpRequest", "()Lcom/google/api/client/http/LowLevelHttpResponse;")
                .exactly("execute", "End");
    }

    /** One {@code execute()} on its thread; a handler of one may execute another. */
    static final class Execution {

        static final ThreadLocal<@Nullable Execution> CURRENT = new ThreadLocal<>();

        final @Nullable Execution around;
        private RetryLoop loop = loop();
        private @Nullable Call latest;

        Execution(@Nullable Execution around) {
            this.around = around;
        }

        private static RetryLoop loop() {
            return new RetryLoop("google-http-client", "google-http-client");
        }

        void begin(LowLevelHttpRequest request) {
            // A try that could not even be sent is still open.
            RetryLoop.end(latest, null, null);
            Call begun = loop.begin();
            latest = begun;
            if (begun != null) Attachments.attach(request, begun);
        }

        /** What comes next is another request. */
        void redirected() {
            loop = loop();
        }

        void end(@Nullable Throwable thrown) {
            RetryLoop.end(latest, null, thrown);
        }
    }

    static final class Execute {

        static Execution enter() {
            Execution execution = new Execution(Execution.CURRENT.get());
            Execution.CURRENT.set(execution);
            return execution;
        }

        static void exit(Execution execution, @Nullable Object result, @Nullable Throwable thrown) {
            if (execution.around == null) Execution.CURRENT.remove();
            else Execution.CURRENT.set(execution.around);
            execution.end(thrown);
        }
    }

    static final class Redirect {

        static void exit(boolean followed) {
            Execution execution = Execution.CURRENT.get();
            if (followed && execution != null) execution.redirected();
        }
    }

    static final class Begin {

        static void enter(
                Object headers, Object log, Object curl, Object logger, @Nullable LowLevelHttpRequest request) {
            Execution execution = Execution.CURRENT.get();
            // Headers are copied by way of a request too.
            if (execution == null || request == null || request.getClass().getEnclosingClass() == HttpHeaders.class)
                return;
            execution.begin(request);
        }
    }

    static final class End {

        static void exit(@Nullable Object result, @Nullable Throwable thrown, LowLevelHttpRequest request) {
            Call call = Attachments.of(request);
            if (call != null) Hooks.end(call, 0, thrown);
        }
    }
}
