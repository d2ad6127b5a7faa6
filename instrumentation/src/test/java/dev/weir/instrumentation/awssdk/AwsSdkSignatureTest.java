package dev.weir.instrumentation.awssdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.apachehttpclient4.ApacheHttpClient4Instrumentation;
import dev.weir.instrumentation.apachehttpclient5.ApacheHttpClient5Instrumentation;
import dev.weir.instrumentation.httpurlconnection.HttpUrlConnectionInstrumentation;
import dev.weir.instrumentation.nettyhttp.NettyHttpInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.SdkHttpService;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** Amazon Bedrock over the SDK's own HTTP clients: headers come below the signature, and do not break it. */
class AwsSdkSignatureTest {

    private static final String SECRET = "not a secret at all";
    private static final InvokeModelRequest QUESTION = InvokeModelRequest.builder()
            .modelId("any")
            .body(SdkBytes.fromUtf8String("{}"))
            .build();

    @RegisterExtension
    final Woven woven = new Woven(
            new AwsSdkInstrumentation(),
            new ApacheHttpClient4Instrumentation(),
            new ApacheHttpClient5Instrumentation(),
            new HttpUrlConnectionInstrumentation(),
            new NettyHttpInstrumentation());

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> forged = new CopyOnWriteArrayList<>();
    private final Set<String> signed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger calls = new AtomicInteger();
    private HttpServer server;

    /** Says once that it is busy; then it answers whoever has signed. */
    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Signature signature = new Signature(SECRET, exchange, body);
            if (!signature.isGenuine()) forged.add(signature.canonicalRequest());
            signed.addAll(signature.signedHeaders());
            received.add(
                    signature.isGenuine() + " " + exchange.getRequestHeaders().getFirst("traceparent"));
            byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(received.size() == 1 ? 503 : 200, answer.length);
            try (exchange) {
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
        for (String client :
                List.of("apache-http-client-4", "apache-http-client-5", "http-url-connection", "netty-http")) {
            woven.agent().alsoFollow(client);
        }
        woven.agent().pull(facts -> {
            if (facts.kind() == CallFacts.Kind.HTTP_CLIENT) {
                facts.setHeader("traceparent", "of call " + calls.incrementAndGet());
            }
        });
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    static Stream<SdkHttpService> blocking() {
        return ServiceLoader.load(SdkHttpService.class).stream().map(ServiceLoader.Provider::get);
    }

    @ParameterizedTest
    @MethodSource("blocking")
    @Tag("header")
    void blockingClients(SdkHttpService transport) throws Exception {
        try (BedrockRuntimeClient client = configured(BedrockRuntimeClient.builder())
                .httpClientBuilder(transport.createHttpClientBuilder())
                .build()) {
            assertEquals("{}", client.invokeModel(QUESTION).body().asUtf8String());
        }
        assertBothSigned();
    }

    @Test
    @Tag("header")
    void asynchronousClient() throws Exception {
        try (BedrockRuntimeAsyncClient client = configured(BedrockRuntimeAsyncClient.builder())
                .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
                .build()) {
            assertEquals("{}", client.invokeModel(QUESTION).get().body().asUtf8String());
        }
        assertBothSigned();
    }

    /** That the server can tell at all. */
    @Test
    void aSecretOfSomebodyElseIsNoSignature() throws Exception {
        received.add("skips what is busy");
        try (BedrockRuntimeClient client = configured(BedrockRuntimeClient.builder())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("somebody", "else")))
                .httpClientBuilder(blocking().findFirst().orElseThrow().createHttpClientBuilder())
                .build()) {
            client.invokeModel(QUESTION);
        }
        assertFalse(forged.isEmpty());
        woven.agent().awaitEnds(2);
    }

    private void assertBothSigned() throws InterruptedException {
        assertEquals(List.of(), forged);
        assertTrue(signed.contains("host"), signed::toString);
        assertFalse(signed.contains("traceparent"), "whoever stands in the way may set it anew");
        assertEquals(2, received.size());
        for (String each : received) assertTrue(each.startsWith("true of call "), each);
        assertNotEquals(received.get(0), received.get(1));
        // Two tries, and a request in each.
        woven.agent().awaitEnds(4);
        List<Integer> attempts = new ArrayList<>();
        for (CallFacts facts : woven.agent().begun()) {
            if (facts instanceof ScopeFacts scope) attempts.add(scope.tryNumber());
        }
        assertEquals(List.of(1, 2), attempts);
    }

    private <B extends AwsClientBuilder<B, C>, C> B configured(B builder) {
        return builder.region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("anybody", SECRET)))
                .endpointOverride(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }
}
