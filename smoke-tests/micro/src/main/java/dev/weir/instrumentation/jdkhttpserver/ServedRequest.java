package dev.weir.instrumentation.jdkhttpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.weir.bootstrap.HttpFacts;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The real facts of a request to {@code com.sun.net.httpserver}, without the server. */
public final class ServedRequest {

    private static final int OPERATIONS = 1 << 14;

    private final Headers headers = new Headers();
    private final HttpExchange exchange = new Exchange(headers);
    private final String @Nullable [] baggage;
    private int begun;

    /** @param fromWeir whether the peer is followed too, and says what its request is part of */
    public ServedRequest(boolean fromWeir) {
        headers.set("Host", "shop.internal:8080");
        headers.set("User-Agent", "curl/8.5.0");
        headers.set("Accept", "application/json");
        headers.set("Accept-Encoding", "gzip, deflate");
        headers.set("Connection", "keep-alive");
        headers.set("Content-Type", "application/json");
        headers.set("Content-Length", "117");
        headers.set("X-Forwarded-For", "203.0.113.7");
        headers.set("X-Request-Id", "6f1c8e4e-1d0b-4f6e-9f51-2a0a3a1f7c55");
        headers.set("Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark");
        if (fromWeir) {
            headers.set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        }
        baggage = fromWeir ? new String[OPERATIONS] : null;
        for (int i = 0; baggage != null && i < baggage.length; i++) {
            baggage[i] = String.format("weir.op=0123456789abcdef0123456789ab%04x,weir.attempt=1", i);
        }
    }

    /** A request of its own: the peer names another operation each time. */
    public HttpFacts begin() {
        if (baggage != null) headers.set("baggage", baggage[begun++ & (OPERATIONS - 1)]);
        return ExchangeFacts.of(exchange);
    }

    private static final class Exchange extends HttpExchange {

        private static final URI TARGET = URI.create("/orders/7?verbose=true");
        private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);

        private final Headers request;
        private final Headers response = new Headers();

        Exchange(Headers request) {
            this.request = request;
        }

        @Override
        public Headers getRequestHeaders() {
            return request;
        }

        @Override
        public Headers getResponseHeaders() {
            return response;
        }

        @Override
        public URI getRequestURI() {
            return TARGET;
        }

        @Override
        public String getRequestMethod() {
            return "POST";
        }

        @Override
        public InetSocketAddress getRemoteAddress() {
            return PEER;
        }

        @Override
        public InetSocketAddress getLocalAddress() {
            return PEER;
        }

        @Override
        public int getResponseCode() {
            return -1;
        }

        @Override
        public String getProtocol() {
            return "HTTP/1.1";
        }

        @Override
        public HttpContext getHttpContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        public InputStream getRequestBody() {
            return InputStream.nullInputStream();
        }

        @Override
        public OutputStream getResponseBody() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void sendResponseHeaders(int code, long length) {}

        @Override
        public @Nullable Object getAttribute(String name) {
            return null;
        }

        @Override
        public void setAttribute(String name, Object value) {}

        @Override
        public void setStreams(InputStream in, OutputStream out) {}

        @Override
        public @Nullable HttpPrincipal getPrincipal() {
            return null;
        }

        @Override
        public void close() {}
    }
}
