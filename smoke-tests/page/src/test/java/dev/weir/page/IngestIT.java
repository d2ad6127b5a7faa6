package dev.weir.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How fast {@code serve} takes spans, and what they cost. {@code -Pingest} measures; see docs/serve.md. */
class IngestIT {
    private static final int SPANS = Integer.getInteger("ingest.spans", 20_000);
    private static final int ROUNDS = Integer.getInteger("ingest.rounds", 1);
    private static final int SPANS_OF_A_CHAIN = 100;
    private static final int SENDERS = 4;
    private static final int PLACEHOLDER = 0x5eed5eed;
    private static final Path TABLE = Path.of("target", "ingest.md");

    @TempDir
    private Path folder;

    @BeforeAll
    static void heading() throws IOException {
        Files.createDirectories(TABLE.toAbsolutePath().getParent());
        say(
                "%n%,d spans, %d rounds, %d cores, Java %s; median (least–most)%n",
                SPANS, ROUNDS, Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"));
    }

    @Test
    void keepsAllThatFits() throws Exception {
        Figures figures = new Figures();
        for (int round = 0; round < ROUNDS; round++) {
            try (Serve serve = Serve.start(
                    "6g", new String[] {"--max-memory", "4g", "--max-traces", "1000000", "--quiet", "60m"})) {
                send(serve, figures);
                assertEquals(SPANS, health(serve, "spans"));
                assertEquals(0, health(serve, "evictedSpans"));
                for (String text : List.of("text search, first", "text search, again")) {
                    long began = System.nanoTime();
                    String list = get(serve, "/api/traces?limit=1&text=nowhere-to-be-found");
                    figures.add(text + ", ms", (System.nanoTime() - began) / 1e6);
                    assertTrue(list.contains("\"held\":" + SPANS / SPANS_OF_A_CHAIN), list);
                }
            }
        }
        say("%s", figures.table("all kept, -Xmx6g"));
    }

    @Test
    void letsTheOldestGoWithTheDefaults() throws Exception {
        Figures figures = new Figures();
        for (int round = 0; round < ROUNDS; round++) {
            try (Serve serve = Serve.start("512m", new String[] {"--quiet", "60m"})) {
                send(serve, figures);
                assertEquals(SPANS, health(serve, "spans") + health(serve, "evictedSpans"));
                assertTrue(health(serve, "traces") <= 1_000);
            }
        }
        say("%s", figures.table("defaults, -Xmx512m"));
    }

    @Test
    void keepsAllOnDisk() throws Exception {
        Figures figures = new Figures();
        for (int round = 0; round < ROUNDS; round++) {
            Path data = folder.resolve("round" + round);
            String[] options = {"--quiet", "60m", "--max-traces", "100", "--data", data.toString(), "--keep-size", "4g"
            };
            try (Serve serve = Serve.start("512m", options)) {
                send(serve, figures);
                figures.add("on disk, MB", size(data) / 1e6);
                for (int chain : new int[] {1, SPANS / SPANS_OF_A_CHAIN / 4}) {
                    long began = System.nanoTime();
                    String answer = get(serve, "/api/traces/" + Spans.traceId(chain));
                    figures.add("opening a chain from disk, ms", (System.nanoTime() - began) / 1e6);
                    assertTrue(answer.contains("\"spanCount\":" + SPANS_OF_A_CHAIN), answer);
                    assertTrue(answer.contains("\"fromDisk\":true"), answer);
                }
            }
            remove(data);
        }
        say("%s", figures.table("--data, -Xmx512m"));
    }

    private static long size(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static void remove(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.toList()) Files.delete(file);
        }
    }

    private static void say(String format, Object... values) throws IOException {
        String text = String.format(format, values);
        System.out.println(text);
        Files.writeString(TABLE, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void send(Serve serve, Figures figures) throws Exception {
        byte[] template = chain().request();
        List<Integer> ids = placesOf(Spans.traceId(PLACEHOLDER), template);
        figures.add("load before", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        long began = System.nanoTime();
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                int first = sender + 1;
                all.add(senders.submit(() -> {
                    for (int chain = first; chain <= SPANS / SPANS_OF_A_CHAIN; chain += SENDERS) {
                        post(serve, numbered(template, ids, chain));
                    }
                }));
            }
            for (Future<?> each : all) each.get();
        } finally {
            senders.shutdownNow();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        figures.add("time, s", seconds);
        figures.add("spans/s", SPANS / seconds);
        Duration cpu = ProcessHandle.of(serve.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
        figures.add("CPU of serve, s", cpu.toMillis() / 1e3);
        figures.add("bytes of a span, as sent", (double) template.length / SPANS_OF_A_CHAIN);
        figures.add("spans in memory", health(serve, "spans"));
        figures.add("by its own count, MB", health(serve, "bytes") / 1e6);
        figures.add("heap after a collection, MB", heapAfterCollection(serve));
        figures.add("resident, MB", resident(serve));
    }

    /** A chain as the agent makes it: calls with the attributes of an HTTP client, each with what it caused elsewhere. */
    private static Spans chain() {
        Spans spans = Spans.trace(PLACEHOLDER).span("agent", SpanKind.SPAN_KIND_SERVER, 1, 0, "POST", 0, 900);
        for (int id = 2; id <= SPANS_OF_A_CHAIN; id++) {
            boolean call = id % 2 == 0;
            spans.span(
                            call ? "agent" : "worker",
                            call ? SpanKind.SPAN_KIND_CLIENT : SpanKind.SPAN_KIND_SERVER,
                            id,
                            call ? 1 : id - 1,
                            "POST",
                            id * 8,
                            7)
                    .attempt("0123456789abcdef0123456789abcde" + id % 10, 1 + id % 3)
                    .with("http.request.method", "POST")
                    .with("url.full", "http://worker.internal:8080/orders/" + id)
                    .with("server.address", "worker.internal")
                    .with("server.port", 8080)
                    .with("http.response.status_code", 200)
                    .with("weir.attempt.path", "1." + id % 3)
                    .with("weir.instrumentation", "jdk-http-client")
                    .with("weir.deadline.remaining_ms", 1000 - id * 8)
                    .with("weir.idempotency.key", "3d418dae-9fbf-8ef3-8570-159c5e88a6" + id)
                    .verdict("idempotency-key", "mark", "key added");
        }
        return spans;
    }

    private static List<Integer> placesOf(String traceId, byte[] request) {
        byte[] wanted = ByteString.fromHex(traceId).toByteArray();
        List<Integer> places = new ArrayList<>();
        for (int at = 0; at + wanted.length <= request.length; at++) {
            if (ByteBuffer.wrap(request, at, wanted.length).equals(ByteBuffer.wrap(wanted))) places.add(at);
        }
        assertEquals(SPANS_OF_A_CHAIN, places.size());
        return places;
    }

    private static byte[] numbered(byte[] template, List<Integer> ids, int chain) {
        byte[] request = template.clone();
        ByteBuffer bytes = ByteBuffer.wrap(request);
        for (int at : ids) bytes.putInt(at + 12, chain);
        return request;
    }

    private static void post(Serve serve, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(serve.page.resolve("/v1/traces"))
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        assertEquals(200, serve.send(request).statusCode());
    }

    private static String get(Serve serve, String path) {
        return serve.send(HttpRequest.newBuilder(serve.page.resolve(path)).build())
                .body();
    }

    private static long health(Serve serve, String name) {
        Matcher value = Pattern.compile("\"" + name + "\":(\\d+)").matcher(get(serve, "/healthz"));
        assertTrue(value.find(), name);
        return Long.parseLong(value.group(1));
    }

    private static double heapAfterCollection(Serve serve) throws IOException, InterruptedException {
        jcmd(serve, "GC.run");
        Matcher used = Pattern.compile("used (\\d+)K").matcher(jcmd(serve, "GC.heap_info"));
        return used.find() ? Long.parseLong(used.group(1)) / 1e3 : Double.NaN;
    }

    private static String jcmd(Serve serve, String command) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(serve.pid()), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static double resident(Serve serve) throws IOException {
        Path status = Path.of("/proc", Long.toString(serve.pid()), "status");
        if (!Files.exists(status)) return Double.NaN;
        Matcher kilobytes = Pattern.compile("VmRSS:\\s*(\\d+)").matcher(Files.readString(status));
        return kilobytes.find() ? Long.parseLong(kilobytes.group(1)) / 1e3 : Double.NaN;
    }
}
