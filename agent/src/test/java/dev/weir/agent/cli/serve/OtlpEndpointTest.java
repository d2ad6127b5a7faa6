package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpEndpointTest {
    private static final byte[] ONE_SPAN = Payload.trace(1)
            .process("shop", 7)
            .span(1, 0, "buy", SPAN_KIND_INTERNAL, 0, 10)
            .protobuf();

    @RegisterExtension
    final RunningServer server = new RunningServer(given -> RunningServer.limitedTo(1_000, 64L << 20, 1L << 20));

    @Test
    void takesProtobuf() {
        HttpResponse<byte[]> response = server.postProtobuf(ONE_SPAN);
        assertEquals(200, response.statusCode());
        assertEquals(
                "application/x-protobuf",
                response.headers().firstValue("Content-Type").orElse(""));
        assertArrayEquals(ExportTraceServiceResponse.getDefaultInstance().toByteArray(), response.body());
        server.out.await("[shop 7] buy  internal  10 ms");
        assertTrue(server.isQuiet());
    }

    @Test
    void takesGzip() {
        assertEquals(
                200,
                server.postProtobuf(Payload.gzip(ONE_SPAN), "Content-Encoding", "gzip")
                        .statusCode());
        server.out.await("[shop 7] buy");
    }

    @Test
    void takesABodyOfUnknownLength() {
        HttpRequest.Builder chunked = HttpRequest.newBuilder(server.at("/v1/traces"))
                .header("Content-Type", "application/x-protobuf; charset=x")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(ONE_SPAN)));
        assertEquals(200, server.send(chunked).statusCode());
        server.out.await("[shop 7] buy");
    }

    @Test
    void readsEveryFieldOfProtobuf() {
        AnyValue list = AnyValue.newBuilder()
                .setArrayValue(ArrayValue.newBuilder()
                        .addValues(AnyValue.newBuilder().setIntValue(-1))
                        .addValues(AnyValue.newBuilder().setStringValue("x")))
                .build();
        AnyValue map = AnyValue.newBuilder()
                .setKvlistValue(KeyValueList.newBuilder().addValues(Payload.attribute("inner", list)))
                .build();
        AnyValue raw = AnyValue.newBuilder()
                .setBytesValue(ByteString.copyFromUtf8("raw"))
                .build();
        server.postProtobuf(Payload.trace(2)
                .process("shop", 7)
                .span(1, 0x77, "buy", SPAN_KIND_INTERNAL, 0, 10)
                .failed("no money")
                .with("text", "é☃😀")
                .with("big", Long.MAX_VALUE)
                .with("small", -5L)
                .with("ratio", 0.25)
                .with("nan", Double.NaN)
                .with("yes", true)
                .with("map", map)
                .with("raw", raw)
                .with("empty", AnyValue.getDefaultInstance())
                .event("exception", "exception.type", "java.io.IOException")
                .linkedTo(Payload.traceId(0xab), 3)
                .protobuf());
        JsonObject span = server.json("/api/traces/" + Payload.traceId(2))
                .getAsJsonArray("spans")
                .get(0)
                .getAsJsonObject();
        assertEquals(Payload.spanId(1), span.get("spanId").getAsString());
        assertEquals(Payload.spanId(0x77), span.get("parentSpanId").getAsString());
        assertTrue(span.get("orphan").getAsBoolean());
        assertEquals("internal", span.get("kind").getAsString());
        assertEquals("1790000000000000000", span.get("startUnixNano").getAsString());
        assertEquals("1790000000010000000", span.get("endUnixNano").getAsString());
        assertEquals("error", span.get("status").getAsString());
        assertEquals("no money", span.get("statusMessage").getAsString());
        assertEquals(
                "{\"text\":\"é☃😀\",\"big\":\"9223372036854775807\",\"small\":-5,\"ratio\":0.25,\"nan\":\"NaN\","
                        + "\"yes\":true,\"map\":{\"inner\":[-1,\"x\"]},\"raw\":\"cmF3\"}",
                span.getAsJsonObject("attributes").toString());
        assertEquals(
                "[{\"name\":\"exception\",\"timeUnixNano\":\"1790000000000000000\","
                        + "\"attributes\":{\"exception.type\":\"java.io.IOException\"}}]",
                span.getAsJsonArray("events").toString());
        assertEquals(
                "[{\"traceId\":\"" + Payload.traceId(0xab) + "\",\"spanId\":\"" + Payload.spanId(3)
                        + "\",\"attributes\":{}}]",
                span.getAsJsonArray("links").toString());
    }

    @Test
    void aResourceAfterItsSpansStillCounts() {
        // Field order in protobuf is free: here the scope's spans come first, then the resource.
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ResourceSpans whole = Payload.trace(3)
                .process("late", 0)
                .span(1, 0, "buy", SPAN_KIND_INTERNAL, 0, 10)
                .request()
                .getResourceSpans(0);
        byte[] spans = ResourceSpans.newBuilder()
                .addScopeSpans(whole.getScopeSpans(0))
                .build()
                .toByteArray();
        byte[] resource = ResourceSpans.newBuilder()
                .setResource(whole.getResource())
                .build()
                .toByteArray();
        body.write(0x0a);
        body.write(spans.length + resource.length);
        body.writeBytes(spans);
        body.writeBytes(resource);
        assertEquals(200, server.postProtobuf(body.toByteArray()).statusCode());
        server.out.await("[late] buy");
    }

    @Test
    void rejectsSpansWithoutIdsAndKeepsTheOthers() throws InvalidProtocolBufferException {
        Span good = Payload.trace(4)
                .process("a", 0)
                .span(1, 0, "good", SPAN_KIND_INTERNAL, 0, 1)
                .request()
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpans(0);
        ExportTraceServiceRequest mixed = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.getDefaultInstance())
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .addSpans(good)
                                .addSpans(good.toBuilder().setSpanId(ByteString.copyFrom(new byte[8])))
                                .addSpans(good.toBuilder().setSpanId(ByteString.copyFrom(new byte[] {1, 2})))
                                .addSpans(good.toBuilder().setTraceId(ByteString.EMPTY))))
                .build();
        HttpResponse<byte[]> response = server.postProtobuf(mixed.toByteArray());
        assertEquals(200, response.statusCode());
        ExportTraceServiceResponse answer = ExportTraceServiceResponse.parseFrom(response.body());
        assertEquals(3, answer.getPartialSuccess().getRejectedSpans());
        assertTrue(answer.getPartialSuccess().getErrorMessage().contains("span id of 8 bytes"));
        assertEquals(1, server.json("/healthz").get("spans").getAsInt());
        assertEquals(3, server.json("/healthz").get("rejectedSpans").getAsInt());
    }

    @Test
    void takesOtlpJsonAsTheSpecificationWritesIt() {
        String json = """
                {"unknown": {"deep": [1, {"x": null}]},
                 "resourceSpans": [{
                  "scopeSpans": [{
                    "spans": [{
                      "traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174",
                      "parentSpanId": "", "name": "I'm a server span",
                      "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": 1544712661000000000,
                      "kind": 2, "flags": 257, "someNewField": [[]],
                      "attributes": [
                        {"key": "s", "value": {"stringValue": "some value"}},
                        {"key": "i", "value": {"intValue": "9007199254740993"}},
                        {"key": "n", "value": {"intValue": 12}},
                        {"key": "d", "value": {"doubleValue": 1.5}},
                        {"key": "inf", "value": {"doubleValue": "Infinity"}},
                        {"key": "b", "value": {"boolValue": false}},
                        {"key": "l", "value": {"arrayValue": {"values": [{"intValue": "1"}, {}]}}},
                        {"key": "m", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}}},
                        {"key": "none", "value": null}],
                      "events": [{"timeUnixNano": "1544712660300000000", "name": "exception",
                        "attributes": [{"key": "exception.message", "value": {"stringValue": "boom"}}]}],
                      "links": [{"traceId": "00000000000000000000000000000abc", "spanId": "000000000000000d"},
                                {"traceId": "nonsense"}],
                      "status": {"code": 2}}],
                    "scope": {"name": "my.library", "version": "1.0.0"}}],
                  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "my.service"}}]}
                }]}
                """;
        HttpResponse<byte[]> response = server.postJson(json);
        assertEquals("{}", RunningServer.text(response));
        assertEquals(200, response.statusCode());
        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        JsonObject chain = server.json("/api/traces/5b8efff798038103d269b633813fc60c");
        assertEquals(
                "[{\"service.name\":\"my.service\"}]", chain.get("resources").toString());
        JsonObject span = chain.getAsJsonArray("spans").get(0).getAsJsonObject();
        assertTrue(span.get("parentSpanId").isJsonNull());
        assertEquals("server", span.get("kind").getAsString());
        assertEquals("my.library", span.get("scope").getAsString());
        assertEquals("1544712661000000000", span.get("endUnixNano").getAsString());
        assertEquals(
                "{\"s\":\"some value\",\"i\":\"9007199254740993\",\"n\":12,\"d\":1.5,\"inf\":\"Infinity\",\"b\":false,"
                        + "\"l\":[1],\"m\":{\"k\":\"v\"}}",
                span.get("attributes").toString());
        assertEquals(1, span.getAsJsonArray("links").size());
        assertEquals(1, span.get("dropped").getAsInt());
        server.out.await("[my.service] I'm a server span  server  1.00 s  error: boom");
    }

    @Test
    void saysThatJsonIdsAreHexWhenTheyAreBase64() {
        JsonObject answer = RunningServer.json(server.postJson("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
                + "{\"traceId\":\"W47/95gDgQPSabYzgT/GDA==\",\"spanId\":\"7uGbfsPBsXQ=\"}]}]}]}"));
        JsonObject partial = answer.getAsJsonObject("partialSuccess");
        assertEquals("1", partial.get("rejectedSpans").getAsString());
        assertTrue(partial.get("errorMessage").getAsString().contains("hex, not base64"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "nonsense",
                "{\"resourceSpans\":",
                "{\"resourceSpans\":{}}",
                "{\"resourceSpans\":[{}]} trailing",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":{}}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"startTimeUnixNano\":1e999999999}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"startTimeUnixNano\":1e-999999999}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"startTimeUnixNano\":\"noon\"}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"kind\":2.5}]}]}]}",
                "{'resourceSpans':[]}"
            })
    void refusesBrokenJson(String body) {
        HttpResponse<byte[]> response = server.postJson(body);
        assertEquals(400, response.statusCode());
        JsonObject status = RunningServer.json(response);
        assertEquals(3, status.get("code").getAsInt());
        assertTrue(status.get("message").getAsString().startsWith("not an OTLP/JSON trace request"));
        assertTrue(server.isQuiet());
    }

    @Test
    void refusesValuesThatNestTooDeep() {
        String json = "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"k\",\"value\":"
                + "{\"arrayValue\":{\"values\":[".repeat(5_000);
        assertEquals(400, server.postJson(json).statusCode());
        AnyValue value = AnyValue.newBuilder().setIntValue(1).build();
        for (int i = 0; i < 60; i++) {
            value = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(value))
                    .build();
        }
        byte[] nested = Payload.trace(5)
                .process("a", 0)
                .span(1, 0, "x", SPAN_KIND_INTERNAL, 0, 1)
                .with("k", value)
                .protobuf();
        HttpResponse<byte[]> response = server.postProtobuf(nested);
        assertEquals(400, response.statusCode());
        assertTrue(RunningServer.text(response).contains("nests deeper than 16 levels"));
    }

    @Test
    void refusesEveryTruncationOfProtobuf() {
        int refused = 0;
        for (int length = 1; length < ONE_SPAN.length; length++) {
            HttpResponse<byte[]> response = server.postProtobuf(Arrays.copyOf(ONE_SPAN, length));
            assertEquals(400, response.statusCode(), "cut after " + length + " bytes");
            refused++;
        }
        assertEquals(0, server.json("/healthz").get("spans").getAsInt());
        assertEquals(refused, server.json("/healthz").get("rejectedRequests").getAsInt());
    }

    @Test
    void randomBytesNeverBreakTheServer() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            byte[] body = i % 2 == 0 ? new byte[random.nextInt(200)] : ONE_SPAN.clone();
            if (i % 2 == 0) {
                random.nextBytes(body);
            } else {
                body[random.nextInt(body.length)] = (byte) random.nextInt();
            }
            int status = server.postProtobuf(body).statusCode();
            assertTrue(status == 200 || status == 400, "status " + status);
        }
        assertTrue(server.isQuiet(), server.err.text());
        assertEquals(200, server.postProtobuf(ONE_SPAN).statusCode());
    }

    @Test
    void nestedGroupsDoNotOverflowTheStack() {
        byte[] groups = new byte[900_000];
        Arrays.fill(groups, (byte) 0x0b);
        assertEquals(400, server.postProtobuf(groups).statusCode());
        assertTrue(server.isQuiet(), server.err.text());
    }

    @Test
    void refusesBrokenGzip() {
        byte[] gzip = Payload.gzip(ONE_SPAN);
        assertEquals(
                400, server.postProtobuf(ONE_SPAN, "Content-Encoding", "gzip").statusCode());
        assertEquals(
                400,
                server.postProtobuf(Arrays.copyOf(gzip, gzip.length - 9), "Content-Encoding", "gzip")
                        .statusCode());
        byte[] wrongSum = gzip.clone();
        wrongSum[gzip.length - 8] ^= 1;
        HttpResponse<byte[]> response = server.postProtobuf(wrongSum, "Content-Encoding", "gzip");
        assertEquals(400, response.statusCode());
        assertTrue(RunningServer.text(response).contains("gzip body is broken"));
        assertTrue(server.isQuiet());
    }

    @Test
    void aGzipBombStopsAtTheLimit() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            // An unknown field of 150 MiB, which a reader would skip over without keeping it.
            gzip.write(new byte[] {0x7a, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x4b});
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 150; i++) {
                gzip.write(zeros);
            }
        }
        assertTrue(bomb.size() < 1 << 20, "the bomb itself passes the limit");
        for (String type : new String[] {"application/x-protobuf", "application/json"}) {
            HttpResponse<byte[]> response =
                    server.post("/v1/traces", type, bomb.toByteArray(), "Content-Encoding", "gzip");
            if (type.endsWith("json")) {
                assertEquals(400, response.statusCode());
            } else {
                assertEquals(413, response.statusCode());
                assertTrue(RunningServer.text(response).contains("--max-body"));
            }
        }
        byte[] blanks = new byte[20 << 20];
        Arrays.fill(blanks, (byte) ' ');
        byte[] jsonBomb = Payload.gzip(blanks);
        assertEquals(
                413,
                server.post("/v1/traces", "application/json", jsonBomb, "Content-Encoding", "gzip")
                        .statusCode());
    }

    @Test
    void refusesWhatIsTooLargeWithOrWithoutALength() {
        byte[] large = new byte[3 << 20];
        assertEquals(413, server.postProtobuf(large).statusCode());
        HttpRequest.Builder chunked = HttpRequest.newBuilder(server.at("/v1/traces"))
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(large)));
        assertEquals(413, server.send(chunked).statusCode());
        assertEquals(200, server.postProtobuf(ONE_SPAN).statusCode());
    }

    @Test
    void refusesUnknownTypesAndEncodings() {
        for (String type : new String[] {"", "text/plain", "application/grpc", "application/x-www-form-urlencoded"}) {
            HttpResponse<byte[]> response = server.post("/v1/traces", type, ONE_SPAN);
            assertEquals(415, response.statusCode(), type);
            assertTrue(RunningServer.text(response).contains("application/x-protobuf"));
        }
        HttpResponse<byte[]> zstd = server.postProtobuf(ONE_SPAN, "Content-Encoding", "zstd");
        assertEquals(415, zstd.statusCode());
        assertEquals("gzip", zstd.headers().firstValue("Accept-Encoding").orElse(""));
    }

    @Test
    void onlyPostIsTaken() {
        HttpResponse<byte[]> response = server.get("/v1/traces");
        assertEquals(405, response.statusCode());
        assertEquals("POST", response.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void metricsAndLogsAreTakenAndThrownAway() {
        for (String path : new String[] {"/v1/metrics", "/v1/logs"}) {
            HttpResponse<byte[]> protobuf = server.post(path, "application/x-protobuf", new byte[100_000]);
            assertEquals(200, protobuf.statusCode());
            assertEquals(0, protobuf.body().length);
            byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
            assertEquals("{}", RunningServer.text(server.post(path, "application/json", empty)));
        }
        assertEquals(4, server.json("/healthz").get("ignoredMetricsAndLogs").getAsInt());
        JsonArray traces = server.json("/api/traces").getAsJsonArray("traces");
        assertEquals(0, traces.size());
    }

    @Test
    void tooManyAttributesAreCutAndCounted() {
        Payload payload = Payload.trace(6).process("a", 0).span(1, 0, "x", SPAN_KIND_INTERNAL, 0, 1);
        for (int i = 0; i < 1_000; i++) {
            payload.with("k" + i, i);
        }
        payload.with("k0", "y".repeat(100_000));
        server.postProtobuf(payload.protobuf());
        JsonObject span = server.json("/api/traces/" + Payload.traceId(6))
                .getAsJsonArray("spans")
                .get(0)
                .getAsJsonObject();
        assertEquals(256, span.getAsJsonObject("attributes").size());
        assertEquals(744, span.get("dropped").getAsInt());
        assertEquals(
                16 * 1024 + 1,
                span.getAsJsonObject("attributes").get("k0").getAsString().length());
    }

    @Test
    void manyLargeBodiesAtOnceAreSentBackUntilThereIsRoom() throws IOException {
        byte[] most = new byte[(1 << 20) - 1];
        List<Socket> unfinished = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port());
                unfinished.add(socket);
                String head = "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-protobuf\r\nContent-Length: 1048576\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(most);
            }
            HttpResponse<byte[]> refused = postUntil(503, most);
            assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
            assertTrue(RunningServer.text(refused).contains("send it again"));
        } finally {
            for (Socket socket : unfinished) {
                socket.close();
            }
        }
        // Zeros are not OTLP, so 400 says that the body was read to its end.
        postUntil(400, most);
        assertTrue(server.isQuiet(), server.err.text());
    }

    private HttpResponse<byte[]> postUntil(int status, byte[] body) {
        long end = System.nanoTime() + 30_000_000_000L;
        HttpResponse<byte[]> response;
        do {
            response = server.postProtobuf(body);
        } while (response.statusCode() != status && System.nanoTime() < end);
        assertEquals(status, response.statusCode());
        return response;
    }
}
