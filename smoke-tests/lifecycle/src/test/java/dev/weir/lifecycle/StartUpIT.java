package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.Program;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Weir says and does when a program starts: settings, switches, JVMs that are too old. */
class StartUpIT {

    private static final Pattern START = Pattern.compile("weir: \\d[^ ]*: rules (.*); adapters (.*); spans to (.*)");

    @TempDir
    Path folder;

    private Target target;
    private Collector collector;

    @BeforeEach
    void open() throws IOException {
        target = new Target();
        collector = Collector.start();
    }

    @AfterEach
    void close() {
        target.close();
        collector.close();
    }

    private Fork inside() {
        return Fork.of(Inside.class, target.url("/x")).in(folder);
    }

    /** Runs it, and holds it to doing its work. */
    private Program run(Fork fork) throws Exception {
        Program program = fork.start();
        Program.Transcript transcript = program.end();
        assertEquals(0, transcript.exitCode(), program::toString);
        assertTrue(transcript.stdout().contains("status 200"), program::toString);
        return program;
    }

    private static Matcher start(Program program) {
        List<String> said = Fork.said(program);
        for (String line : said) {
            Matcher start = START.matcher(line);
            if (start.matches()) return start;
        }
        throw new AssertionError("no start-up line of " + program);
    }

    @Test
    void theFirstLineSaysVersionModesAdaptersAndEndpoint() throws Exception {
        Program program = run(inside().weir(collector, "weir.rule.deadline=enforce"));
        Matcher start = start(program);
        assertEquals(
                "circuit-breaker observe, deadline enforce, idempotency-key observe, rate-limit observe,"
                        + " retry-budget observe",
                start.group(1));
        assertTrue(start.group(2).contains("http-url-connection"), start.group(2));
        assertEquals(collector.endpoint() + "/v1/traces", start.group(3));
        assertEquals(2, Fork.said(program).size(), program::toString);
        assertEquals(1, collector.spans().size());
        assertEquals(
                List.of(),
                program.stderr().stream()
                        .filter(line -> !line.startsWith("weir: "))
                        .toList());
    }

    /** A lambda, and what a record inherits, are classes that the JVM makes while the application waits. */
    @Test
    void nothingIsMadeUpBeforeMain() throws Exception {
        Path loaded = folder.resolve("loaded.txt");
        run(inside().weir(collector).jvm("-Xlog:class+load:file=" + loaded));
        List<String> lines = Files.readAllLines(loaded);
        List<String> before = lines.subList(0, indexOf(lines, Inside.class.getName() + " "));
        assertTrue(indexOf(before, "dev.weir.agent.RunningAgent ") > 0);
        assertEquals(
                List.of(),
                before.stream()
                        .filter(line -> line.contains("dev.weir.") && line.contains("$$Lambda")
                                || line.contains("java.lang.runtime.")
                                || line.contains("java.util.regex."))
                        .toList());
    }

    private static int indexOf(List<String> lines, String part) {
        for (int i = 0; i < lines.size(); i++) if (lines.get(i).contains(part)) return i;
        throw new AssertionError("nowhere: " + part);
    }

    @Test
    void eachAdapterCanBeSwitchedOff() throws Exception {
        String[] all = start(run(inside().weir(collector))).group(2).split(", ");
        assertTrue(all.length >= 9, String.join(" ", all));
        for (String off : all) {
            Program program = run(inside().weir(collector, "weir.instrumentation." + off + "=off"));
            List<String> others = new ArrayList<>(List.of(all));
            others.remove(off);
            assertEquals(String.join(", ", others), start(program).group(2));
        }
        // Every run but the one without the adapter that it needs.
        assertEquals(all.length, collector.spans().size());
    }

    /** Spans go over gRPC by the agent's own OkHttp. */
    @Test
    void librariesOfTheAgentAreNotFollowed() throws Exception {
        Program program = run(inside().weir(collector, "otel.exporter.otlp.protocol=grpc"));
        String last = Fork.lastWord(program);
        assertTrue(last.contains("http-url-connection"), last);
        assertFalse(last.contains("okhttp"), last);
    }

    @ParameterizedTest
    @CsvSource({"property,absent", "environment,absent", "argument,false", "file,false"})
    void disabledIsAsIfItWereNotThere(String where, String hooks) throws Exception {
        Fork fork = inside();
        switch (where) {
            case "property" -> fork.weir(collector, "weir.enabled=false");
            case "environment" -> fork.weir(collector).environment("WEIR_ENABLED", "false");
            case "argument" -> fork.jvm("-javaagent:" + Fork.weirJar() + "=enabled=false");
            default -> {
                Files.writeString(folder.resolve("weir.properties"), "weir.enabled=false\n");
                fork.weir(collector);
            }
        }
        Program program = run(fork);
        assertEquals(List.of(), program.stderr());
        assertEquals(List.of(), target.traceparents());
        assertEquals(0, collector.spans().size());
        assertTrue(program.stdout().contains("hooks " + hooks), program::toString);
        assertFalse(program.stdout().toString().contains("weir-"), program::toString);
    }

    @ParameterizedTest
    @CsvSource({"quiet,0", "info,2", "debug,2"})
    void logSaysHowMuchIsSaid(String level, int lines) throws Exception {
        Program program = run(inside().weir(collector, "weir.log=" + level));
        assertEquals(lines, Fork.said(program).size(), program::toString);
    }

    @Test
    void whatIsMeantIsSuggestedWhereverItIsWritten() throws Exception {
        Files.writeString(folder.resolve("weir.properties"), "weir.exprot.queue=9\nweir.limits.roots=many\n");
        Program program = run(inside().jvm("-javaagent:" + Fork.weirJar() + "=mod=enforce,enforce")
                .jvm(
                        "-Dotel.exporter.otlp.endpoint=localhost:4318",
                        "-Dotel.exporter.otlp.protocol=grcp",
                        "-Dotel.traces.sampler=sometimes",
                        "-Dweir.instrumentation.jbdc=off",
                        "-Dweir.instrumentation.files=perhaps",
                        "-Dweir.enabled=ture",
                        "-Dweir.config.reload=soon",
                        "-Dweir.log=verbose",
                        "-Dweir.mode=enfroce")
                .environment("WEIR_RULE_RETRY_BUDGT", "off"));
        List<String> said = new ArrayList<>(Fork.said(program));
        said.removeIf(line -> START.matcher(line).matches() || line.startsWith("weir: stops: "));
        said.sort(null);
        List<String> expected = new ArrayList<>(List.of(
                "weir: \"enforce\" behind weir.jar= is not a setting; it is left out. Write mode=enforce,log=debug.",
                "weir: otel.exporter.otlp.endpoint=localhost:4318 is not an http:// or https:// URL; using"
                        + " http://127.0.0.1:4318/v1/traces.",
                "weir: otel.exporter.otlp.protocol=grcp is not known here; use http/protobuf or grpc. Using"
                        + " http/protobuf.",
                "weir: otel.traces.sampler=sometimes is not known; use parentbased_always_on or"
                        + " parentbased_traceidratio. Keeping all.",
                "weir: unknown environment variable WEIR_RULE_RETRY_BUDGT; did you mean WEIR_RULE_RETRY_BUDGET?",
                "weir: unknown setting weir.exprot.queue (settings file); did you mean weir.export.queue?",
                "weir: unknown setting weir.instrumentation.jbdc (system property); did you mean"
                        + " weir.instrumentation.jdbc?",
                "weir: unknown setting weir.mod (system property); did you mean weir.mode?",
                "weir: weir.config.reload=soon is not a whole number from 0 to 86400; using 5.",
                "weir: weir.enabled=ture is not true or false; using true.",
                "weir: weir.instrumentation.files=perhaps is not understood; use on or off. It stays on.",
                "weir: weir.limits.roots=many is not a whole number from 16 to 10000000; using 10000.",
                "weir: weir.log=verbose is not one of quiet, info, debug; using info.",
                "weir: weir.mode=enfroce is not one of off, observe, enforce; using observe."));
        // The default endpoint may or may not have a listener.
        said.removeIf(line -> line.startsWith("weir: spans do not reach"));
        expected.sort(null);
        assertEquals(String.join("\n", expected), String.join("\n", said));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8", "11"})
    void anOldJvmGetsOneLine(String version) throws Exception {
        Program program =
                run(inside().jvm("-javaagent:" + pretending() + "=" + version).weir(collector));
        assertEquals(
                List.of("weir: needs Java 17 or later, this is Java " + version
                        + "; the application runs without Weir"),
                program.stderr());
        assertTrue(program.stdout().contains("hooks absent"), program::toString);
    }

    @Test
    void aDamagedJarLeavesTheApplicationAlone() throws Exception {
        Path damaged = folder.resolve("weir.jar");
        try (JarFile whole = new JarFile(Fork.weirJar());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(damaged), whole.getManifest())) {
            for (JarEntry entry : whole.stream().toList()) {
                if (!entry.getName().endsWith(".class") || entry.getName().startsWith("inst/")) continue;
                out.putNextEntry(new JarEntry(entry.getName()));
                whole.getInputStream(entry).transferTo(out);
            }
        }
        Program program = run(inside().jvm("-javaagent:" + damaged, "-javaagent:" + damaged));
        assertEquals(
                List.of(
                        "weir: cannot start, the application runs without Weir:"
                                + " java.lang.ClassNotFoundException: dev.weir.agent.AgentStartup",
                        "weir: could not start in this JVM before, and does not try again; restart the JVM"),
                program.stderr());
    }

    /** A JVM cannot be told another version on its command line. */
    private Path pretending() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", PretendedVersion.class.getName());
        Path jar = folder.resolve("pretended-version.jar");
        String entry = PretendedVersion.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                InputStream in = PretendedVersion.class.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            in.transferTo(out);
        }
        return jar;
    }

    /** Java 8 must be able to load all that comes before the check of its version. */
    @Test
    void theEntryIsMadeForJava8() throws IOException {
        List<String> entries = new ArrayList<>();
        try (JarFile jar = new JarFile(Fork.weirJar())) {
            for (JarEntry entry : jar.stream().toList()) {
                if (!entry.getName().endsWith(".class") || entry.getName().startsWith("inst/")) continue;
                try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
                    assertEquals(0xcafebabe, in.readInt());
                    in.readUnsignedShort();
                    assertEquals(52, in.readUnsignedShort(), entry.getName());
                }
                entries.add(entry.getName());
            }
        }
        entries.sort(null);
        assertEquals(List.of("dev/weir/agent/AgentClassLoader.class", "dev/weir/agent/WeirAgent.class"), entries);
    }
}
