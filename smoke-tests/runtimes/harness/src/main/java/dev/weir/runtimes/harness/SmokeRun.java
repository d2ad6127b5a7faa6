package dev.weir.runtimes.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Programs of one module, forked with the agent on one JDK, and the spans that they send. */
public final class SmokeRun implements AutoCloseable {

    private final InstalledJdk jdk;
    private final List<String> options;
    private final Collector collector;
    private final List<String> optionsAfter = new ArrayList<>();
    private final List<Program> running = new ArrayList<>();

    /** @param options more options for the JVM, such as {@code -XX:ActiveProcessorCount=1} */
    public SmokeRun(InstalledJdk jdk, String... options) throws IOException {
        this.jdk = jdk;
        this.options = List.of(options);
        this.collector = Collector.start();
    }

    /** Options for the JVM that come after Weir, such as another agent. */
    public SmokeRun after(String... more) {
        optionsAfter.addAll(List.of(more));
        return this;
    }

    /** Where spans go to, for programs that send some themselves. */
    public String collector() {
        return collector.endpoint();
    }

    /** Forks a program of this module's {@code src/main}; {@code service} is its name in the tree. */
    public Program start(String service, Class<?> main, String... arguments) throws IOException {
        return start(service, main.getName(), arguments);
    }

    /** The same for a program that this module's tests cannot be compiled against. */
    public Program start(String service, String main, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(service, main, arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_") || name.startsWith("WEIR_"));
        Program program = new Program(service, builder);
        running.add(program);
        return program;
    }

    /** How such a program is started, for those that start one themselves. */
    public List<String> command(String service, Class<?> main, String... arguments) throws IOException {
        return command(service, main.getName(), arguments);
    }

    private List<String> command(String service, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(jdk.java().toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.add("-javaagent:" + existing("weir.jar"));
        command.addAll(optionsAfter);
        command.add("-Dotel.service.name=" + service);
        command.add("-Dotel.exporter.otlp.endpoint=" + collector.endpoint());
        command.addAll(List.of("-cp", classPath(), main));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Lets a program end, and reads what Weir says of itself in it.
     *
     * @param adapters those that must have matched in this program
     */
    public void end(Program program, String... adapters) throws InterruptedException {
        Program.Transcript transcript = program.end();
        running.remove(program);
        assertEquals(0, transcript.exitCode(), program::toString);
        List<String> sums = program.stderr().stream()
                .filter(line -> line.startsWith("weir: stops: matched "))
                .toList();
        assertEquals(1, sums.size(), () -> "no word from Weir at the end of " + program);
        String[] parts = sums.get(0).substring("weir: stops: matched ".length()).split("; ");
        List<String> matched = List.of(parts[0].split(", "));
        for (String adapter : adapters) {
            assertTrue(matched.contains(adapter), () -> adapter + " matched nothing in " + program);
        }
        assertTrue(parts[1].endsWith(", 0 dropped"), () -> "spans were dropped in " + program);
        List<String> health = List.of(parts).subList(2, parts.length);
        assertEquals(List.of("no fuse blew", "0 failures"), health, () -> "Weir was not well in " + program);
    }

    /** The spans that were received; complete for the programs that have ended. */
    public List<Span> spans() {
        return collector.spans();
    }

    /** The span of this name that was received last. */
    public Span span(String name) {
        List<Span> found =
                spans().stream().filter(span -> span.name().equals(name)).toList();
        assertFalse(found.isEmpty(), () -> "no " + name + " in " + spans());
        return found.get(found.size() - 1);
    }

    /** The idempotency keys of requests that all have one. */
    public static List<String> keys(List<FaultServer.Request> requests) {
        List<String> keys = requests.stream()
                .map(request -> String.valueOf(request.header("idempotency-key")))
                .toList();
        assertFalse(keys.contains("null"), () -> "a request without a key: " + requests);
        return keys;
    }

    /** Asserts that what was received is the tree under this title in {@code docs/runtimes.md}, in one trace. */
    public void assertDocumented(String title) throws IOException {
        assertDocumented(title, span -> true);
    }

    /** @param told the spans that the tree tells of */
    public void assertDocumented(String title, Predicate<Span> told) throws IOException {
        List<Span> spans = spans().stream().filter(told).toList();
        SpanTree actual = SpanTree.of(spans);
        SpanTree expected = Documented.tree(title);
        // Equal trees may be drawn in another order, and strings show the difference best.
        if (!expected.equals(actual)) assertEquals(expected.toString(), actual.toString(), title);
        assertEquals(1, spans.stream().map(Span::traceId).distinct().count(), "traces");
    }

    @Override
    public void close() {
        for (Program program : running) program.close();
        collector.close();
    }

    private static String existing(String property) {
        String file = System.getProperty(property, "");
        assertTrue(Files.isRegularFile(Path.of(file)), () -> "no " + property + " at '" + file + "'");
        return file;
    }

    /** The module's own classes and its dependencies, without those of its tests. */
    private static String classPath() throws IOException {
        return System.getProperty("application.classes")
                + System.getProperty("path.separator")
                + Files.readString(Path.of(existing("application.class-path"))).strip();
    }
}
