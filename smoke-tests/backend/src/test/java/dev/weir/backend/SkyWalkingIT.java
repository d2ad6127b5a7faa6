package dev.weir.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two services, each with a loop of three tries, and a provider that is down: the chain in Apache SkyWalking. */
class SkyWalkingIT {
    private static final Path SHOTS = Path.of("target", "screenshots");
    private static final Path DOCUMENT = Path.of("../../docs/backends.md");
    private static final String AMPLIFIED = "weir.amplification=9";
    private static final String CALM = "weir.amplification=1";
    private static final String WOULD_DENY = "weir.verdict.retry-budget=would-deny";
    private static final int SPANS = 1 + 3 * 2 + 9;

    @TempDir
    private static Path folder;

    private static final Set<String> keys = new ConcurrentSkipListSet<>();
    private static final AtomicInteger charges = new AtomicInteger();
    private static SkyWalking backend;

    /** A call while all is well, then one while the provider is down. */
    @BeforeAll
    static void send() throws Exception {
        backend = SkyWalking.start(folder);
        AtomicInteger status = new AtomicInteger(200);
        HttpServer provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/", exchange -> charge(exchange, status.get()));
        provider.start();
        try (Forked booking = service(
                        "booking", "http://127.0.0.1:" + provider.getAddress().getPort() + "/charge");
                Forked planner = service("planner", url(booking) + "/book")) {
            assertEquals(200, ask(url(planner) + "/plan"));
            keys.clear();
            charges.set(0);
            status.set(503);
            assertEquals(503, ask(url(planner) + "/plan"));
            planner.end();
            booking.end();
        } finally {
            provider.stop(0);
        }
    }

    private static void charge(HttpExchange exchange, int status) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            charges.incrementAndGet();
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key")));
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private static Forked service(String name, String next) throws Exception {
        Path classes = Path.of(Persistent.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return Forked.java(
                folder,
                List.of(
                        "-Xmx128m",
                        "-javaagent:" + System.getProperty("weir.jar"),
                        "-Dotel.service.name=" + name,
                        "-Dotel.exporter.otlp.protocol=grpc",
                        "-Dotel.exporter.otlp.endpoint=" + backend.endpoint(),
                        "-cp",
                        classes.toString(),
                        Persistent.class.getName(),
                        next));
    }

    private static String url(Forked service) throws InterruptedException {
        String line = service.awaitLine(said -> said.startsWith("listening "));
        return "http://127.0.0.1:" + line.substring("listening ".length());
    }

    private static int ask(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.discarding())
                .statusCode();
    }

    @AfterAll
    static void end() {
        if (backend != null) backend.close();
    }

    private static List<ZipkinSpan> chain(String query, int spans) throws Exception {
        JsonArray found = backend.awaitSearch(
                query,
                traces -> traces.size() == 1 && traces.get(0).getAsJsonArray().size() == spans);
        return ZipkinSpan.all(found.get(0).getAsJsonArray());
    }

    private static String traceId() throws Exception {
        JsonArray found = backend.awaitSearch(AMPLIFIED, traces -> traces.size() == 1);
        return found.get(0)
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject()
                .get("traceId")
                .getAsString();
    }

    @Test
    void theChainIsWholeOverProcesses() throws Exception {
        List<String> expected = new ArrayList<>(List.of("planner SERVER get 503 attempt 1"));
        for (int outer = 0; outer < 3; outer++) {
            expected.add("  planner CLIENT post 503 attempt " + (outer + 1));
            expected.add("    booking SERVER post 503 attempt " + (outer + 1));
            for (int inner = 1; inner <= 3; inner++) {
                int attempt = 3 * outer + inner;
                expected.add("      booking CLIENT post 503 attempt " + attempt + (attempt > 4 ? " would-deny" : ""));
            }
        }
        List<ZipkinSpan> chain = chain(AMPLIFIED, SPANS);
        assertEquals(expected, ZipkinSpan.tree(chain, "", ""));
    }

    @Test
    void nothingThatWeirKnowsIsLost() throws Exception {
        List<ZipkinSpan> chain = chain(AMPLIFIED, SPANS);
        ZipkinSpan root = chain.stream()
                .filter(span -> span.parent().isEmpty())
                .findFirst()
                .orElseThrow();
        assertEquals("9", root.tag("weir.amplification"), root.tags().toString());
        assertEquals("true", root.tag("error"));
        List<ZipkinSpan> calls = chain.stream()
                .filter(span -> span.service().equals("booking") && span.kind().equals("CLIENT"))
                .toList();
        assertEquals(9, charges.get(), "what the provider saw");
        assertEquals(1, keys.size(), "the provider can tell that all are one: " + keys);
        assertEquals(keys, values(calls, "weir.idempotency.key"));
        assertEquals(1, values(calls, "weir.operation.id").size());
        assertEquals(Set.of("jdk-http-client"), values(calls, "weir.instrumentation"));
        for (ZipkinSpan call : calls) {
            long left = Long.parseLong(call.tag("weir.deadline.remaining_ms"));
            assertTrue(left > 0 && left <= 30_000, call.tags().toString());
            assertTrue(call.tag("url.full").endsWith("/charge"), call.tags().toString());
            assertFalse(call.annotations().isEmpty(), "no event on " + call);
            assertTrue(
                    call.annotations().stream().allMatch(event -> event.startsWith("weir.verdict|")),
                    call.annotations().toString());
        }
        List<ZipkinSpan> late = calls.stream()
                .filter(call -> !call.tag("weir.verdict.retry-budget").isEmpty())
                .toList();
        assertEquals(5, late.size());
        for (ZipkinSpan call : late) {
            assertFalse(
                    call.tag("weir.verdict.retry-budget.reason").isEmpty(),
                    call.tags().toString());
        }
    }

    private static Set<String> values(List<ZipkinSpan> spans, String tag) {
        return spans.stream().map(span -> span.tag(tag)).collect(Collectors.toSet());
    }

    /** What docs/backends.md tells people to type. */
    @Test
    void theQueriesFindWhatIsWrongAndNothingElse() throws Exception {
        List<ZipkinSpan> calm = chain(CALM, 4);
        String wrong = traceId();
        String document = Files.readString(DOCUMENT);
        for (String query : List.of(
                WOULD_DENY, AMPLIFIED, "weir.idempotency.key=" + keys.iterator().next())) {
            String key = query.replaceFirst("=.*", "=");
            assertTrue(
                    document.contains("`" + (key.contains("idempotency") ? key : query)), "not documented: " + query);
            JsonArray found = backend.search(query);
            assertEquals(1, found.size(), query + " finds " + found);
            assertEquals(
                    wrong,
                    found.get(0)
                            .getAsJsonArray()
                            .get(0)
                            .getAsJsonObject()
                            .get("traceId")
                            .getAsString());
        }
        assertEquals(
                List.of(
                        "planner SERVER get 200 attempt 1",
                        "  planner CLIENT post 200 attempt 1",
                        "    booking SERVER post 200 attempt 1",
                        "      booking CLIENT post 200 attempt 1"),
                ZipkinSpan.tree(calm, "", ""));
        assertEquals(0, backend.search("weir.verdict.retry-budget=deny").size());
    }

    /** Look at the screenshots. */
    @Test
    void aPersonSeesItInZipkinsPage() throws Exception {
        chain(AMPLIFIED, SPANS);
        String id = traceId();
        Chromium chromium = new Chromium(Files.createDirectories(folder.resolve("chromium")));
        try (Lens lens = Lens.start(backend)) {
            String trace = lens.page("traces/" + id);
            String document = chromium.document(trace);
            assertTrue(document.contains(id), document);
            for (String service : List.of("planner", "booking")) {
                assertTrue(document.toLowerCase().contains(service), service + " is not in " + document);
            }
            chromium.shoot(trace, SHOTS.resolve("trace.png"));
            String search = lens.page("?annotationQuery=" + URLEncoder.encode(WOULD_DENY, StandardCharsets.UTF_8)
                    + "&lookback=15m&limit=10&endTs=" + System.currentTimeMillis());
            String results = chromium.document(search);
            assertTrue(results.contains(id), results);
            chromium.shoot(search, SHOTS.resolve("search.png"));
        }
    }
}
