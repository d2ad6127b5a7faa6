package dev.weir.agent.export;

import java.io.IOException;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** OTLP over gRPC: one unary call on HTTP/2, which the JDK's own clients cannot speak without TLS. */
final class GrpcSender implements Sender {

    private static final MediaType GRPC = MediaType.get("application/grpc");
    private static final int PREFIX = 5;
    private static final int RETRY_MILLIS = 1_000;

    private final OkHttpClient client;
    private final URL url;
    private final Map<String, String> headers;

    GrpcSender(URL base, Map<String, String> headers, int timeoutMillis) throws IOException {
        this.url = new URL(base, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
        this.headers = headers;
        boolean plain = url.getProtocol().equals("http");
        this.client = new OkHttpClient.Builder()
                .protocols(plain ? List.of(Protocol.H2_PRIOR_KNOWLEDGE) : List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
                .callTimeout(Duration.ofMillis(timeoutMillis))
                .build();
    }

    @Override
    public String endpoint() {
        return url.toString();
    }

    @Override
    public Answer send(byte[] body, int length) throws IOException {
        Request.Builder request =
                new Request.Builder().url(url).header("te", "trailers").post(framed(body, length));
        for (Map.Entry<String, String> header : headers.entrySet()) request.header(header.getKey(), header.getValue());
        try (Response response = client.newCall(request.build()).execute()) {
            if (response.body() != null) response.body().bytes();
            String status = response.header("grpc-status");
            if (status == null) status = response.trailers().get("grpc-status");
            return answer(response.code(), status);
        }
    }

    /** Source: OTLP specification, "OTLP/gRPC failures": these codes may be sent again. */
    private static Answer answer(int http, @Nullable String grpc) {
        if (http == 200 && "0".equals(grpc)) return new Answer(true, -1, "gRPC 0");
        if (grpc == null) return new Answer(false, http == 429 || http >= 502 ? RETRY_MILLIS : -1, "HTTP " + http);
        boolean again = switch (grpc) {
            case "1", "4", "8", "10", "11", "14", "15" -> true;
            default -> false;
        };
        return new Answer(false, again ? RETRY_MILLIS : -1, "gRPC status " + grpc);
    }

    private static RequestBody framed(byte[] body, int length) {
        return new RequestBody() {
            @Override
            public MediaType contentType() {
                return GRPC;
            }

            @Override
            public long contentLength() {
                return PREFIX + (long) length;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeByte(0);
                sink.writeInt(length);
                sink.write(body, 0, length);
            }
        };
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
