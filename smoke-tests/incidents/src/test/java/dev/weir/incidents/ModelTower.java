package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import dev.weir.incidents.modeltower.Assistant;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** resilience4j × Spring Retry × openai-java over OkHttp, three tries each, over a model that answers 503. */
final class ModelTower implements Incident<ModelTower.Measured> {

    private static final List<String> LIBRARIES = List.of(
            "com/openai",
            "com/squareup",
            "org/jetbrains/kotlin",
            "com/fasterxml",
            "com/github/victools",
            "io/swagger",
            "org/apache/httpcomponents",
            "org/slf4j",
            "io/github/resilience4j",
            "org/springframework",
            "commons-logging");

    /** What the model and the user saw, and what was traced. */
    record Measured(int wireCalls, int status, String answer, List<Span> spans) {}

    @Override
    public String name() {
        return "retry-tower, libraries";
    }

    @Override
    public Measured run(Run run) throws Exception {
        FaultServer model =
                run.with(FaultServer.start(request -> FaultServer.Reply.of(503, "{\"error\":{\"message\":\"busy\"}}")
                        .with("Content-Type", "application/json")
                        .with("Retry-After-Ms", "1")));
        Program assistant = run.startWith(LIBRARIES, "assistant", Assistant.class, model.url("/v1"));
        HttpResponse<String> answer = run.ask(assistant.url("/run"));
        run.end(assistant, "jdk-http-server", "okhttp", "openai-java", "resilience4j", "spring-retry", "stainless");
        return new Measured(model.requests().size(), answer.statusCode(), answer.body(), run.spans());
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals(502, measured.status, "the user is told that it failed");
        if (mode == Mode.ENFORCE) {
            assertTrue(measured.wireCalls >= 1 && measured.wireCalls <= 4, () -> measured.wireCalls + " wire calls");
            assertTrue(measured.answer.contains("weir.rule.retry-budget"), () -> "the error is " + measured.answer);
            return;
        }
        assertEquals(27, measured.wireCalls);
        if (mode == Mode.OBSERVE) observed(measured.spans);
    }

    private static void observed(List<Span> spans) {
        Span root = Causality.root(spans);
        assertEquals(27, root.number("weir.attempts"));
        assertEquals(1, root.number("weir.operations"));
        assertEquals(27, root.number("weir.amplification"));
        List<Span> wire = spans.stream()
                .filter(span -> span.kind() == Span.Kind.CLIENT && span.text("http.request.method") != null)
                .sorted(Comparator.comparingLong(Span::startNanos))
                .toList();
        assertEquals(
                LongStream.rangeClosed(1, 27).boxed().toList(),
                wire.stream().map(span -> span.number("weir.attempt")).toList(),
                "the attempts are numbered");
        assertEquals(
                1,
                wire.stream()
                        .map(span -> span.text("weir.operation.id"))
                        .distinct()
                        .count(),
                "they are one operation");
        assertEquals(
                9,
                spans.stream()
                        .filter(span -> span.text("gen_ai.operation.name") != null)
                        .count(),
                "a model call for each try of Spring's");
        Map<String, Long> tries = spans.stream()
                .filter(span -> span.kind() == Span.Kind.INTERNAL)
                .collect(Collectors.groupingBy(Span::name, TreeMap::new, Collectors.counting()));
        assertEquals(List.of(3L, 27L, 9L), List.copyOf(tries.values()), tries::toString);
    }

    @Override
    public String cell(Measured measured) {
        String cell = measured.wireCalls + " wire calls";
        if (measured.spans.isEmpty()) return cell;
        Span root = Causality.root(measured.spans);
        return cell + ", amplification " + root.number("weir.amplification");
    }
}
