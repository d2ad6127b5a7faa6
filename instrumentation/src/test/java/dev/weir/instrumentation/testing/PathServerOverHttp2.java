package dev.weir.instrumentation.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The same over HTTP/2 in clear. */
final class PathServerOverHttp2 extends PathServer {

    private static final long CANCEL = 8;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    PathServerOverHttp2() throws IOException {
        server = vertx.createHttpServer();
        server.requestHandler(request -> request.body()
                .onSuccess(body -> threads().execute(() -> serve(new VertxExchange(request, body.getBytes())))));
        await(server.listen(0, "127.0.0.1"));
    }

    private void serve(VertxExchange exchange) {
        try {
            answer(exchange);
        } catch (IOException gone) {
            // The client has hung up.
        }
    }

    @Override
    int port() {
        return server.actualPort();
    }

    @Override
    void stop() {
        try {
            await(vertx.close());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T await(Future<T> future) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static final class VertxExchange implements Exchange {

        private final HttpServerRequest request;
        private final HttpServerResponse response;
        private final byte[] body;
        private long left = 1;

        VertxExchange(HttpServerRequest request, byte[] body) {
            this.request = request;
            this.response = request.response();
            this.body = body;
        }

        @Override
        public String path() {
            return request.path();
        }

        @Override
        public @Nullable String header(String name) {
            return request.getHeader(name);
        }

        @Override
        public byte[] body() {
            return body;
        }

        @Override
        public void answerHeader(String name, String value) {
            response.putHeader(name, value);
        }

        @Override
        public void begin(int status, long length) {
            response.setStatusCode(status);
            left = Math.max(0, length);
            if (length > 0) response.putHeader("content-length", Long.toString(length));
            else if (length == 0) response.setChunked(true);
        }

        @Override
        public void write(byte[] part) throws IOException {
            await(response.write(Buffer.buffer(part)));
            left -= part.length;
        }

        @Override
        public void close() {
            if (left > 0) response.reset(CANCEL);
            else response.end();
        }
    }
}
