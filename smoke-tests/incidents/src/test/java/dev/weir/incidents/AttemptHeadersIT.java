package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.incidents.attempts.CountingSdk;
import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The headers by which SDKs and proxies count their own attempts, over real sockets. */
final class AttemptHeadersIT {

    @TempDir
    private static Path scratch;

    @TestFactory
    Stream<DynamicTest> attemptsAreWhatTheSdkSays() throws Exception {
        return InstalledJdk.all().stream().map(jdk -> DynamicTest.dynamicTest(jdk.toString(), () -> run(jdk)));
    }

    private static void run(InstalledJdk jdk) throws Exception {
        try (Run run = new Run(jdk, Mode.OBSERVE, List.of(), scratch)) {
            FaultServer target = run.with(FaultServer.start(request -> FaultServer.Reply.of(200, "")));
            Program program = run.start("sdk", CountingSdk.class, target.url(""));
            HttpRequest request = HttpRequest.newBuilder(URI.create(program.url("/run")))
                    .header("x-envoy-attempt-count", "3")
                    .build();
            HttpClient client = HttpClient.newHttpClient();
            assertEquals(
                    200,
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
            run.end(program, "jdk-http-client", "jdk-http-server");
            for (String header : List.of(
                    "X-Stainless-Retry-Count",
                    "grpc-previous-rpc-attempts",
                    "x-envoy-attempt-count",
                    "amz-sdk-request",
                    "amz-sdk-invocation-id")) {
                List<Span> calls = run.spans().stream()
                        .filter(span -> String.valueOf(span.text("url.full")).endsWith("/" + header))
                        .sorted(Comparator.comparingLong(Span::startNanos))
                        .toList();
                assertEquals(
                        List.of("3.1", "3.1", "3.2"),
                        calls.stream()
                                .map(span -> span.text("weir.attempt.path"))
                                .toList(),
                        header);
                List<String> operations = calls.stream()
                        .map(span -> span.text("weir.operation.id"))
                        .toList();
                assertEquals(2, operations.stream().distinct().count(), header);
                assertEquals(operations.get(1), operations.get(2), header);
            }
            Span served = run.spans().stream()
                    .filter(span -> span.kind() == Span.Kind.SERVER)
                    .findFirst()
                    .orElseThrow();
            assertEquals(3, served.number("weir.attempt"));
        }
    }
}
