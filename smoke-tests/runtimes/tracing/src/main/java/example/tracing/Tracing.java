package example.tracing;

import java.net.http.HttpRequest;

/** How the shop makes its spans. */
interface Tracing extends AutoCloseable {

    /** What is done in a span. */
    interface Step {

        void run() throws Exception;
    }

    /** Does it in a span of this name. */
    void inSpan(String name, Step step) throws Exception;

    /** Gives a request the headers of the current span, as an instrumented client does. */
    void inject(HttpRequest.Builder request);

    @Override
    void close();
}
