package org.example.helidon;

import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** An application that a test compiles with the JDK that runs it: Helidon's classes cannot be read by one of 17. */
public final class Shop implements IntSupplier, AutoCloseable {

    private final Supplier<String> here;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final WebServer server;

    public Shop(Supplier<String> here) {
        this.here = here;
        HttpRouting.Builder routing = HttpRouting.builder()
                .addFilter((chain, request, response) -> chain.proceed())
                .any("/inside", (request, response) -> response.send(here.get()))
                .any("/later", (request, response) -> response.next())
                .any("/later", (request, response) -> response.send(here.get()))
                .any("/elsewhere", (request, response) -> response.reroute("/inside"))
                .any("/worker", (request, response) -> threads.submit(() -> response.send(here.get())).get())
                .any("/pieces", this::pieces)
                .any("/throws", (request, response) -> {
                    throw new IllegalStateException("as the test wants it");
                })
                .any("/handled", (request, response) -> {
                    throw new UnsupportedOperationException("as the test wants it");
                })
                .any("/breaks", (request, response) -> {
                    OutputStream out = response.outputStream();
                    out.write(new byte[1 << 16]);
                    out.flush();
                    throw new IllegalStateException("as the test wants it");
                })
                .any("/length", (request, response) -> response.send(
                        request.content().as(byte[].class).length + " " + here.get()))
                .any("/status/{code}", (request, response) -> response
                        .status(Status.create(Integer.parseInt(request.path().pathParameters().get("code"))))
                        .send())
                .error(UnsupportedOperationException.class, (request, response, failure) -> response
                        .status(Status.create(409))
                        .send(here.get()));
        server = WebServer.builder().host("127.0.0.1").port(0).routing(routing).build().start();
    }

    private void pieces(ServerRequest request, ServerResponse response) throws IOException {
        try (OutputStream out = response.outputStream()) {
            for (String piece : new String[] {"some ".repeat(20_000), here.get()}) {
                out.write(piece.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        }
    }

    @Override
    public int getAsInt() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
        threads.close();
    }
}
