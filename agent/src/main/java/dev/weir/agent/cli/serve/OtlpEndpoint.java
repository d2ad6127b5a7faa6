package dev.weir.agent.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/traces}, and {@code /v1/metrics} and {@code /v1/logs}, which are taken and thrown away. */
final class OtlpEndpoint {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String JSON = "application/json";
    /** {@code google.rpc.Code} values. */
    private static final int INVALID_ARGUMENT = 3;

    private static final int UNAVAILABLE = 14;
    private static final int CHUNK = 1 << 16;
    /** Parsing needs several times the memory of the body, so only few do it at once. */
    private static final int PARSERS = 2;

    private final TraceStore store;
    private final @Nullable DataFolder data;
    private final long maxBody;
    private final ByteBudget waiting;
    private final Semaphore parsers = new Semaphore(PARSERS);
    private final LongAdder rejectedSpans = new LongAdder();
    private final LongAdder rejectedRequests = new LongAdder();
    private final LongAdder ignoredRequests = new LongAdder();

    OtlpEndpoint(TraceStore store, @Nullable DataFolder data, long maxBody) {
        this.store = store;
        this.data = data;
        this.maxBody = maxBody;
        waiting = new ByteBudget(4 * maxBody);
    }

    long rejectedSpans() {
        return rejectedSpans.sum();
    }

    long rejectedRequests() {
        return rejectedRequests.sum();
    }

    /** Requests with metrics or logs. */
    long ignoredRequests() {
        return ignoredRequests.sum();
    }

    void handle(HttpExchange exchange, boolean traces) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            refuse(exchange, 405, "text/plain", INVALID_ARGUMENT, "only POST is answered here");
            return;
        }
        String type = mediaType(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (!type.equals(PROTOBUF) && !type.equals(JSON)) {
            refuse(exchange, 415, "text/plain", INVALID_ARGUMENT, "send " + PROTOBUF + " or " + JSON);
            return;
        }
        String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
        boolean gzip = "gzip".equalsIgnoreCase(encoding);
        if (encoding != null && !gzip && !encoding.equalsIgnoreCase("identity")) {
            exchange.getResponseHeaders().set("Accept-Encoding", "gzip");
            refuse(exchange, 415, type, INVALID_ARGUMENT, "send the body as it is or with gzip");
            return;
        }
        try {
            if (declaredLength(exchange) > maxBody) {
                throw new PayloadTooLargeException(maxBody);
            }
            if (traces) {
                traces(exchange, type, gzip);
            } else {
                drain(exchange.getRequestBody(), maxBody);
                ignoredRequests.increment();
                accept(exchange, type, 0, "");
            }
        } catch (MalformedPayloadException e) {
            refuse(exchange, 400, type, INVALID_ARGUMENT, text(e));
        } catch (PayloadTooLargeException e) {
            refuse(exchange, 413, type, INVALID_ARGUMENT, text(e));
        }
    }

    private void traces(HttpExchange exchange, String type, boolean gzip) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        long taken = 0;
        try {
            InputStream in = new BoundedInputStream(exchange.getRequestBody(), maxBody);
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                if (!waiting.take(n)) {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                    refuse(exchange, 503, type, UNAVAILABLE, "too many large bodies at once; send it again");
                    return;
                }
                taken += n;
                body.write(chunk, 0, n);
            }
            SpanBatch batch = parse(body.toByteArray(), type, gzip);
            store.add(batch.spans());
            if (data != null) data.keep(batch.spans());
            rejectedSpans.add(batch.rejected());
            accept(exchange, type, batch.rejected(), batch.reason());
        } finally {
            waiting.give(taken);
        }
    }

    private SpanBatch parse(byte[] body, String type, boolean gzip) throws IOException {
        parsers.acquireUninterruptibly();
        try {
            InputStream in = new ByteArrayInputStream(body);
            if (gzip) {
                in = new BoundedInputStream(new GZIPInputStream(in, CHUNK), maxBody);
            }
            return type.equals(JSON) ? OtlpJson.read(in) : OtlpProtobuf.read(in);
        } catch (MalformedPayloadException | PayloadTooLargeException e) {
            throw e;
        } catch (IOException e) {
            // The whole body is in memory, so only its gzip form can fail: a wrong header, a cut end, a bad checksum.
            throw new MalformedPayloadException("the gzip body is broken: " + text(e));
        } finally {
            parsers.release();
        }
    }

    private static void accept(HttpExchange exchange, String type, int rejected, String reason) throws IOException {
        if (type.equals(PROTOBUF)) {
            Reply.bytes(exchange, 200, PROTOBUF, OtlpProtobuf.response(rejected, reason));
            return;
        }
        Reply.json(exchange, 200, json -> {
            json.beginObject();
            if (rejected > 0) {
                json.name("partialSuccess").beginObject();
                json.name("rejectedSpans").value(Integer.toString(rejected));
                json.name("errorMessage").value(reason).endObject();
            }
            json.endObject();
        });
    }

    /** Answers with a {@code google.rpc.Status} in the sender's encoding. */
    private void refuse(HttpExchange exchange, int status, String type, int code, String message) throws IOException {
        rejectedRequests.increment();
        // A sender still busy with its body would see a reset connection instead of the answer.
        drain(exchange.getRequestBody(), 4 * maxBody);
        if (type.equals(PROTOBUF)) {
            Reply.bytes(exchange, status, PROTOBUF, OtlpProtobuf.status(code, message));
        } else if (type.equals(JSON)) {
            Reply.json(
                    exchange,
                    status,
                    json -> json.beginObject()
                            .name("code")
                            .value(code)
                            .name("message")
                            .value(message)
                            .endObject());
        } else {
            Reply.text(exchange, status, message + "\n");
        }
    }

    static void drain(InputStream in, long most) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long left = most;
        for (int n = in.read(chunk); n >= 0 && left > 0; n = in.read(chunk)) {
            left -= n;
        }
    }

    private static String mediaType(@Nullable String header) {
        if (header == null) {
            return "";
        }
        int parameters = header.indexOf(';');
        return (parameters < 0 ? header : header.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static long declaredLength(HttpExchange exchange) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String text(IOException e) {
        String message = e.getMessage();
        byte[] utf8 = (message == null ? e.getClass().getSimpleName() : message).getBytes(StandardCharsets.UTF_8);
        return new String(utf8, 0, Math.min(utf8.length, 500), StandardCharsets.UTF_8);
    }
}
