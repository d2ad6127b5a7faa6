package org.example.micronaut;

import io.micronaut.context.ApplicationContext;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.JsonErrorResponseBodyProvider;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An application whose beans Micronaut's annotation processor finds when a test compiles it. */
public final class Shop implements IntSupplier, AutoCloseable {

    private static volatile Supplier<String> here;

    private final EmbeddedServer server;

    public Shop(Supplier<String> here) {
        Shop.here = here;
        Map<String, Object> settings = Map.of("micronaut.server.host", "127.0.0.1", "micronaut.server.port", -1);
        server = ApplicationContext.builder(Shop.class.getClassLoader())
                .properties(settings)
                .start()
                .getBean(EmbeddedServer.class)
                .start();
    }

    @Override
    public int getAsInt() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.getApplicationContext().close();
    }

    /** Instead of Micronaut's own, which asks for a library that writes JSON. */
    @Singleton
    static class Errors implements JsonErrorResponseBodyProvider<String> {

        @Override
        public String body(ErrorContext error, HttpResponse<?> response) {
            return "failed";
        }

        @Override
        public String contentType() {
            return MediaType.TEXT_PLAIN;
        }
    }

    @Controller(produces = MediaType.TEXT_PLAIN)
    static class Orders {

        @Get("/inside")
        String inside() {
            return here.get();
        }

        @Get("/later")
        CompletableFuture<String> later() {
            return CompletableFuture.supplyAsync(here);
        }

        @Get("/delayed")
        Publisher<String> delayed() {
            return Mono.delay(Duration.ofMillis(20)).map(elapsed -> here.get());
        }

        @Get("/worker")
        @ExecuteOn(TaskExecutors.BLOCKING)
        String worker() {
            return here.get();
        }

        @Get("/pieces")
        Publisher<String> pieces() {
            return Flux.just("some ", "more ").concatWith(Mono.fromSupplier(here));
        }

        @Post("/throws")
        String fails() {
            throw new IllegalStateException("as the test wants it");
        }

        @Get("/status/{code}")
        HttpResponse<?> status(int code) {
            return HttpResponse.status(HttpStatus.valueOf(code));
        }

        @Post(value = "/length", consumes = MediaType.ALL)
        String length(@Body byte[] body) {
            return body.length + " " + here.get();
        }
    }
}
