package dev.weir.benchmark;

import com.zaxxer.hikari.HikariDataSource;
import dev.weir.benchmark.workload.HelloWorld;
import dev.weir.benchmark.workload.WorkloadProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Builds the command lines of measured JVMs, whose class path holds the application and nothing of the harness. */
final class JavaCommand {

    /** To touch a page of the heap for the first time costs more than the call that it happens in. */
    private static final List<String> HEAP = List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch");

    /** What is called a third as often as usual is hot already. */
    private static final String SOON_COMPILED = "-XX:CompileThresholdScaling=0.3";

    private final Path java;
    private final Map<Agent, Path> jars;
    private final Path springBoot;

    /** The last is a directory with the jars of the Spring Boot application. */
    JavaCommand(Path java, Map<Agent, Path> jars, Path springBoot) {
        this.java = java;
        this.jars = Map.copyOf(jars);
        this.springBoot = springBoot;
    }

    List<String> springBoot(Agent agent, SpanSink sink, List<String> extraOptions) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(agent.jvmOptions(jars, sink));
        command.addAll(extraOptions);
        command.add("-cp");
        try (Stream<Path> files = Files.list(springBoot)) {
            command.add(files.map(Path::toString)
                    .filter(file -> file.endsWith(".jar"))
                    .sorted()
                    .collect(Collectors.joining(File.pathSeparator)));
        }
        command.add("dev.weir.benchmark.springboot.ItemApplication");
        return command;
    }

    List<String> hello(Agent agent, SpanSink sink, String... extraOptions) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(agent.jvmOptions(jars, sink));
        command.addAll(Arrays.asList(extraOptions));
        command.add("-cp");
        command.add(classPath(HelloWorld.class));
        command.add(HelloWorld.class.getName());
        return command;
    }

    List<String> workload(Line line, Agent agent, SpanSink sink, URI target) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(agent.jvmOptions(jars, sink));
        command.addAll(HEAP);
        if (line.isHeavy()) {
            command.add(SOON_COMPILED);
        }
        command.add("-cp");
        command.add(classPath(
                WorkloadProcess.class,
                HikariDataSource.class,
                org.h2.Driver.class,
                org.slf4j.Logger.class,
                org.slf4j.nop.NOPServiceProvider.class,
                reactor.core.publisher.Flux.class,
                org.reactivestreams.Publisher.class,
                kotlinx.coroutines.BuildersKt.class,
                kotlin.Unit.class,
                okhttp3.OkHttpClient.class,
                okio.Okio.class,
                org.apache.hc.client5.http.classic.HttpClient.class,
                org.apache.hc.core5.http.HttpRequest.class,
                org.apache.hc.core5.http2.HttpVersionPolicy.class));
        command.add(WorkloadProcess.class.getName());
        command.addAll(List.of(line.workload(), Integer.toString(line.operationsPerRoot()), target.toString()));
        return command;
    }

    /** A builder without the settings that this shell may hold for agents or JVMs. */
    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("OTEL_")
                        || name.startsWith("WEIR_")
                        || name.startsWith("DD_")
                        || name.startsWith("ELASTIC_APM_")
                        || name.startsWith("GLOWROOT_")
                        || name.equals("JAVA_TOOL_OPTIONS")
                        || name.equals("JDK_JAVA_OPTIONS"));
        return builder;
    }

    /** The full version of the JVM to be measured, as it prints it, for example {@code 17.0.15+6}. */
    String version() throws IOException, InterruptedException {
        Process process = builder(List.of(java.toString(), "-XshowSettings:properties", "-version"))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(java + " -version failed: " + output);
        }
        return output.lines()
                .map(String::trim)
                .filter(line -> line.startsWith("java.runtime.version = "))
                .map(line -> line.substring(line.indexOf('=') + 2))
                .findFirst()
                .orElseThrow(() -> new IOException(java + " does not say its version: " + output));
    }

    private static String classPath(Class<?>... classes) {
        return Stream.of(classes).map(JavaCommand::location).distinct().collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
