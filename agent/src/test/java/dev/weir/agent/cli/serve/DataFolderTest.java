package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.weir.agent.cli.Said;
import dev.weir.agent.cli.WeirCommand;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept over restarts, and chains as files. */
class DataFolderTest {

    private static final long GIGABYTE = 1L << 30;
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    private Path folder;

    private static Payload chain(int number) {
        return Payload.trace(number)
                .process("agent", 7)
                .span(1, 0, "GET", SPAN_KIND_SERVER, 0, 90)
                .with("text", "quote \" backslash \\ line\n ünïcode \ud83d\ude00 </script>")
                .with("whole", 9_007_199_254_740_993L)
                .with("real", 0.1)
                .with("yes", true)
                .event("exception", "exception.type", "java.io.IOException")
                .failed("broken")
                .process("worker", 8)
                .span(2, 1, "POST", SPAN_KIND_CLIENT, 10, 80)
                .linkedTo(Payload.traceId(99), 3);
    }

    private RunningServer server(long bytes, Duration age) {
        return new RunningServer(options -> RunningServer.keptIn(folder, bytes, age));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
    }

    /** A collector of somebody else reads it too. */
    @Test
    void lineIsOtlpAndLosesNothing() throws Exception {
        List<Span> spans = chain(1).read();
        String line = OtlpJsonWriter.line(spans);
        assertFalse(line.contains("\n"));
        assertEquals(
                spans,
                OtlpJson.read(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)))
                        .spans());
    }

    @Test
    void chainsSurviveARestart() throws Exception {
        String before;
        try (RunningServer first = server(GIGABYTE, WEEK)) {
            assertEquals(200, first.postProtobuf(chain(1).protobuf()).statusCode());
            assertEquals(200, first.postProtobuf(chain(2).protobuf()).statusCode());
            before = first.json("/api/traces/" + Payload.traceId(1)).toString();
        }
        try (RunningServer second = server(GIGABYTE, WEEK)) {
            assertEquals(4, second.server.replayed());
            assertEquals(
                    before, second.json("/api/traces/" + Payload.traceId(1)).toString());
            assertEquals(2, second.json("/api/traces").getAsJsonArray("traces").size());
            assertEquals(200, second.postProtobuf(chain(3).protobuf()).statusCode());
            second.out.await(Payload.traceId(3));
            assertFalse(second.out.text().contains(Payload.traceId(1)), "what was printed before is not printed again");
        }
        assertEquals(2, files().size(), "a run begins a file of its own");
    }

    @Test
    void aLineThatWasCutIsLeftOutAndSaid() throws Exception {
        try (RunningServer first = server(GIGABYTE, WEEK)) {
            first.postProtobuf(chain(1).protobuf());
        }
        Files.writeString(files().get(0), "{\"resourceSpans\":[{\"reso", StandardOpenOption.APPEND);
        Files.write(folder.resolve("spans-000000000000001.jsonl"), new byte[] {(byte) 0xff, 0, '\n', '{'});
        try (RunningServer second = server(GIGABYTE, WEEK)) {
            assertEquals(2, second.server.replayed());
            assertTrue(second.err.text().contains("weir serve: 3 lines in " + folder), second.err.text());
        }
    }

    @Test
    void theOldestGoesFirst() throws Exception {
        long most = 512 * 1024;
        try (RunningServer server = server(most, WEEK)) {
            Payload large = Payload.trace(1).process("agent", 7);
            for (int i = 1; i <= 500; i++) large.span(i, 0, "x".repeat(200), SPAN_KIND_CLIENT, 0, 1);
            for (int i = 0; i < 10; i++)
                assertEquals(200, server.postProtobuf(large.protobuf()).statusCode());
        }
        long bytes = 0;
        for (Path file : files()) bytes += Files.size(file);
        assertTrue(files().size() > 1, "all went");
        // The file that is being written comes on top.
        assertTrue(bytes <= most + 300_000, bytes + " bytes");
        for (Path file : files())
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(WEEK.plusHours(1))));
        try (RunningServer server = server(most, WEEK)) {
            assertEquals(0, server.server.replayed());
            assertEquals(List.of(), files());
        }
    }

    @Test
    void whatMemoryHasLetGoIsOpenedFromDisk() throws Exception {
        String trace = "/api/traces/" + Payload.traceId(1);
        JsonObject before;
        try (RunningServer server = new RunningServer(options -> RunningServer.mostlyIn(folder))) {
            server.postProtobuf(chain(1).protobuf());
            server.postProtobuf(chain(2).protobuf());
            server.postProtobuf(Payload.trace(1)
                    .process("worker", 8)
                    .span(3, 2, "INSERT", SPAN_KIND_CLIENT, 20, 30)
                    .protobuf());
            before = server.json(trace);
            assertEquals(3, before.getAsJsonArray("spans").size());
            assertFalse(before.has("fromDisk"));
            for (int other = 3; other <= 6; other++) {
                server.postProtobuf(chain(other).protobuf());
            }
            assertEquals(2, server.json("/api/traces").getAsJsonArray("traces").size());
            assertSameChain(before, server.json(trace));
            JsonObject list = server.json("/api/traces?text=" + Payload.traceId(1));
            assertEquals(
                    Payload.traceId(1),
                    list.getAsJsonArray("traces")
                            .get(0)
                            .getAsJsonObject()
                            .get("id")
                            .getAsString());
            HttpResponse<byte[]> answer = server.get(trace);
            String version = answer.headers().firstValue("ETag").orElseThrow();
            assertEquals(304, server.get(trace, "If-None-Match", version).statusCode());
            assertEquals(404, server.get("/api/traces/" + Payload.traceId(77)).statusCode());
            assertEquals(
                    0,
                    server.json("/api/traces?service=none&text=" + Payload.traceId(1))
                            .getAsJsonArray("traces")
                            .size());
        }
        try (RunningServer again = new RunningServer(options -> RunningServer.mostlyIn(folder))) {
            assertSameChain(before, again.json(trace));
            byte[] line = again.get(trace + "?format=otlp").body();
            assertEquals(
                    3, OtlpJson.read(new ByteArrayInputStream(line)).spans().size());
        }
        try (RunningServer without = new RunningServer()) {
            assertEquals(404, without.get(trace).statusCode());
        }
    }

    private static void assertSameChain(JsonObject expected, JsonObject actual) {
        assertTrue(actual.remove("fromDisk").getAsBoolean());
        assertEquals(expected.toString(), actual.toString());
    }

    @Test
    void oneFolderIsForOneServe() {
        try (RunningServer first = server(GIGABYTE, WEEK)) {
            AssertionError refused = assertThrows(AssertionError.class, () -> server(GIGABYTE, WEEK));
            assertTrue(refused.getCause().getMessage().contains("another serve uses it"), refused.toString());
            assertEquals(0, first.server.replayed());
        }
    }

    @Test
    void aChainGoesToAnotherReceiverAsAFile() throws Exception {
        Path ticket = folder.resolve("ticket.jsonl");
        try (RunningServer there = new RunningServer();
                RunningServer here = new RunningServer()) {
            there.postProtobuf(chain(1).protobuf());
            Said exported = Said.by(List.of(
                    "export",
                    Payload.traceId(1),
                    "--json",
                    "--at",
                    there.at("/").toString(),
                    "--to",
                    ticket.toString()));
            assertEquals(0, exported.code(), exported.err());
            assertEquals(
                    "{\"file\":\"" + ticket + "\",\"chains\":1}", exported.out().strip());
            Said imported = Said.by(List.of(
                    "import", ticket.toString(), "--json", "--at", here.at("/").toString()));
            assertEquals(0, imported.code(), imported.err());
            assertTrue(imported.out().startsWith("{\"lines\":1,\"to\":\"http"), imported.out());
            String trace = "/api/traces/" + Payload.traceId(1);
            assertEquals(there.json(trace).toString(), here.json(trace).toString());
            HttpResponse<byte[]> unknown = here.get(trace + "?format=yaml");
            assertEquals(400, unknown.statusCode());
            Files.writeString(ticket, "{\"hello\":1}\n");
            assertEquals(1, WeirCommand.run(new String[] {
                "import", ticket.toString(), "--at", here.at("/").toString()
            }));
            assertEquals(1, WeirCommand.run(new String[] {
                "export", Payload.traceId(5), "--at", here.at("/").toString()
            }));
        }
    }
}
