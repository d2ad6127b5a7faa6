package dev.weir.instrumentation.reactornetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.PathServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.netty.http.client.HttpClient;

/** Spring's {@code WebClient} over Reactor Netty. */
class WebClientTest {

    @RegisterExtension
    final Woven woven = new Woven(new ReactorNettyInstrumentation());

    private final WebClient client = WebClient.builder()
            .clientConnector(new ReactorClientHttpConnector(HttpClient.create()))
            .build();
    private PathServer server;

    @BeforeEach
    void start() throws IOException {
        server = PathServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String post() {
        return client.post()
                .uri(server.uri("/echo-body"))
                .header("X-App", "mine")
                .bodyValue("pay 10")
                .retrieve()
                .bodyToMono(String.class)
                .block(Duration.ofSeconds(20));
    }

    @Test
    @Tag("traced-async")
    @Tag("body")
    void headersAndBodyAreKnownWhenTheCallBegins() throws Exception {
        List<byte[]> bodies = new ArrayList<>();
        woven.agent().pull(facts -> {
            if (facts.header("X-App") != null) bodies.add(((HttpFacts) facts).replayableBody(64));
        });
        assertEquals("pay 10", post());
        woven.agent().awaitEnds(1);
        assertEquals(
                List.of(
                        "begin POST /echo-body",
                        "withdrawn POST /echo-body",
                        "begin POST /echo-body",
                        "end POST /echo-body 200"),
                woven.agent().events());
        assertEquals(1, bodies.size());
        assertArrayEquals("pay 10".getBytes(StandardCharsets.UTF_8), bodies.get(0));
    }

    @Test
    @Tag("header")
    void headersArrive() {
        woven.agent().pull(facts -> facts.setHeader("traceparent", "from-weir"));
        assertEquals(
                "from-weir",
                client.get()
                        .uri(server.uri("/echo/traceparent"))
                        .retrieve()
                        .bodyToMono(String.class)
                        .block(Duration.ofSeconds(20)));
    }

    @Test
    @Tag("denial")
    void deniedRequestFailsAsAnyOther() {
        woven.agent().deny(facts -> true);
        WebClientRequestException thrown = assertThrows(WebClientRequestException.class, this::post);
        assertInstanceOf(IOException.class, thrown.getCause());
        assertEquals(0, server.received());
        woven.agent().deny(facts -> "mine".equals(facts.header("X-App")));
        thrown = assertThrows(WebClientRequestException.class, this::post);
        assertEquals("denied by test", thrown.getCause().getMessage());
        assertEquals(0, server.received());
    }

    @Test
    @Tag("timeout")
    void limitEndsAStream() throws Exception {
        woven.agent().pull(facts -> facts.limit(300));
        Throwable thrown = assertThrows(
                Throwable.class,
                () -> client.get()
                        .uri(server.uri("/drip"))
                        .retrieve()
                        .bodyToMono(String.class)
                        .block(Duration.ofSeconds(20)));
        while (thrown.getCause() != null) thrown = thrown.getCause();
        assertInstanceOf(java.util.concurrent.TimeoutException.class, thrown);
        woven.agent().awaitEnds(1);
    }
}
