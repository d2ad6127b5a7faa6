package dev.weir.incidents.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** One incident, run once on one JDK in one mode: the programs, and what surrounds them. */
public final class Run implements AutoCloseable {

    private final InstalledJdk jdk;
    private final Mode mode;
    private final List<String> rules;
    private final Path directory;
    private final Collector collector;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Program> running = new ArrayList<>();
    private final List<Program.Transcript> transcripts = new ArrayList<>();
    private final List<AutoCloseable> surroundings = new ArrayList<>();

    /**
     * @param rules those that {@link Mode#ENFORCE} enforces
     * @param directory an empty directory of this run's own
     */
    public Run(InstalledJdk jdk, Mode mode, List<String> rules, Path directory) throws IOException {
        this.jdk = jdk;
        this.mode = mode;
        this.rules = rules;
        this.directory = directory;
        this.collector = Collector.start();
    }

    /** The JDK that the programs run on. */
    public InstalledJdk jdk() {
        return jdk;
    }

    /** How the programs are run. */
    public Mode mode() {
        return mode;
    }

    /** An empty directory of this run's own. */
    public Path directory() {
        return directory;
    }

    /** Closes {@code thing} at the end of this run. */
    public <T extends AutoCloseable> T with(T thing) {
        surroundings.add(thing);
        return thing;
    }

    /** Forks a program; {@code name} is its service name where Weir watches it. */
    public Program start(String name, Class<?> main, String... arguments) throws IOException {
        return start(List.of(), name, main, arguments);
    }

    /** Forks a program; {@code settings} are for Weir, as {@code weir.…=value}. */
    public Program start(List<String> settings, String name, Class<?> main, String... arguments) throws IOException {
        return start(classPath(), settings, name, main, arguments);
    }

    /** Forks a program that also uses the libraries of these groups, as {@code com/example}. */
    public Program startWith(List<String> groups, String name, Class<?> main, String... arguments) throws IOException {
        return startWith(groups, List.of(), name, main, arguments);
    }

    /** The same; {@code settings} are for Weir, as {@code weir.…=value}. */
    public Program startWith(
            List<String> groups, List<String> settings, String name, Class<?> main, String... arguments)
            throws IOException {
        String separator = System.getProperty("path.separator");
        List<String> entries = new ArrayList<>(List.of(location(main.getName())));
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : all.split(separator)) {
            String path = entry.replace('\\', '/');
            if (groups.stream().anyMatch(group -> path.contains("/" + group + "/"))) entries.add(entry);
        }
        return start(String.join(separator, entries), settings, name, main, arguments);
    }

    private Program start(String classPath, List<String> settings, String name, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                jdk.java().toString(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath));
        if (mode != Mode.WITHOUT) {
            command.add("-javaagent:" + weirJar());
            if (mode == Mode.ENFORCE) for (String rule : rules) command.add("-Dweir.rule." + rule + "=enforce");
            command.add("-Dotel.service.name=" + name);
            command.add("-Dotel.exporter.otlp.endpoint=" + collector.endpoint());
            for (String setting : settings) command.add("-D" + setting);
        }
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Program program = new Program(name, command);
        running.add(program);
        return program;
    }

    /** Asks a program something, as its user would: without any header that Weir knows. */
    public HttpResponse<String> ask(String url) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /**
     * Ends a program and reads what Weir says of itself in it.
     *
     * @param adapters those that must have matched in this program
     */
    public void end(Program program, String... adapters) throws InterruptedException {
        transcripts.add(program.end());
        running.remove(program);
        if (mode == Mode.WITHOUT) return;
        List<String> sums = program.stderr().stream()
                .filter(line -> line.startsWith("weir: stops: matched "))
                .toList();
        assertEquals(1, sums.size(), () -> "no word from Weir at the end of " + program);
        String[] parts = sums.get(0).substring("weir: stops: matched ".length()).split("; ");
        List<String> matched = List.of(parts[0].split(", "));
        for (String adapter : adapters) {
            assertTrue(matched.contains(adapter), () -> adapter + " matched nothing in " + program);
        }
        List<String> health = List.of(parts).subList(2, parts.length);
        assertTrue(parts[1].endsWith(", 0 dropped"), () -> "spans were dropped in " + program);
        assertEquals(List.of("no fuse blew", "0 failures"), health, () -> "Weir was not well in " + program);
    }

    /** The spans that were received; complete for the programs that have ended. */
    public List<Span> spans() {
        return collector.spans();
    }

    /** What was visible of the ended programs, in the order of their end. */
    public List<Program.Transcript> transcripts() {
        return List.copyOf(transcripts);
    }

    @Override
    public void close() throws Exception {
        for (Program program : running) program.close();
        Collections.reverse(surroundings);
        for (AutoCloseable thing : surroundings) thing.close();
        collector.close();
    }

    private static String weirJar() {
        String jar = System.getProperty("weir.jar", "");
        assertTrue(Files.isRegularFile(Path.of(jar)), () -> "no weir.jar at '" + jar + "'");
        return jar;
    }

    /** The applications and their libraries: nothing of Weir, nothing of OpenTelemetry. */
    private static String classPath() {
        List<String> entries = Stream.of(
                        "dev.weir.incidents.service.Service",
                        "org.h2.Driver",
                        "org.postgresql.Driver",
                        "okhttp3.OkHttpClient",
                        "okio.Okio",
                        "kotlin.KotlinVersion")
                .map(Run::location)
                .toList();
        assertEquals(entries.size(), entries.stream().distinct().count());
        return String.join(System.getProperty("path.separator"), entries);
    }

    private static String location(String className) {
        try {
            return Path.of(Class.forName(className)
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (ReflectiveOperationException | URISyntaxException e) {
            throw new IllegalStateException(className, e);
        }
    }
}
