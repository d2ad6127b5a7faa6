package dev.weir.instrumentation.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.nio.AsyncRequestConsumer;
import org.apache.hc.core5.http.nio.AsyncServerRequestHandler;
import org.apache.hc.core5.http.nio.entity.StringAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.support.AsyncResponseBuilder;
import org.apache.hc.core5.http.nio.support.BasicRequestConsumer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks HTTP/2 in clear from the first byte on. It answers with the header {@code traceparent}, or {@code
 * none}; to {@code /hang}, never.
 */
public final class StreamServer implements AutoCloseable {

    private final AtomicInteger received = new AtomicInteger();
    private final HttpAsyncServer server;
    private final String origin;

    @SuppressWarnings("deprecation") // the newer form is not there in 5.0
    private StreamServer() throws Exception {
        server = H2ServerBootstrap.bootstrap()
                .setCanonicalHostName("127.0.0.1")
                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_2)
                .register("*", new Echo())
                .create();
        server.start();
        InetSocketAddress address =
                (InetSocketAddress) server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .get(20, TimeUnit.SECONDS)
                        .getAddress();
        origin = "http://127.0.0.1:" + address.getPort();
    }

    /** Listens on a free port of the loopback address. */
    public static StreamServer start() throws Exception {
        return new StreamServer();
    }

    /** The address of a path. */
    public String url(String path) {
        return origin + path;
    }

    /** How many requests arrived. */
    public int received() {
        return received.get();
    }

    @Override
    public void close() {
        server.close(CloseMode.IMMEDIATE);
    }

    private final class Echo implements AsyncServerRequestHandler<Message<HttpRequest, String>> {

        @Override
        public AsyncRequestConsumer<Message<HttpRequest, String>> prepare(
                HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
            return new BasicRequestConsumer<>(entity == null ? null : new StringAsyncEntityConsumer());
        }

        @Override
        public void handle(Message<HttpRequest, String> message, ResponseTrigger trigger, HttpContext context)
                throws HttpException, IOException {
            received.incrementAndGet();
            if (message.getHead().getPath().equals("/hang")) return;
            Header header = message.getHead().getFirstHeader("traceparent");
            trigger.submitResponse(
                    AsyncResponseBuilder.create(200)
                            .setEntity(header == null ? "none" : header.getValue())
                            .build(),
                    context);
        }
    }
}
