package dev.weir.agent.export;

import java.io.IOException;
import java.net.URL;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** OTLP over gRPC: one unary call on HTTP/2, which the JDK's own clients cannot speak without TLS. */
final class GrpcSender implements Sender {

    private static final MediaType GRPC = MediaType.get("application/grpc");
    private static final int PREFIX = 5;

    private final OkHttpClient client;
    private final URL url;
    private final Map<String, String> headers;
    private final boolean gzip;

    GrpcSender(
            URL base,
            String service,
            Map<String, String> headers,
            boolean gzip,
            int timeoutMillis,
            @Nullable ClientTls tls)
            throws IOException {
        this.url = new URL(base, "/opentelemetry.proto.collector." + service + "/Export");
        this.headers = headers;
        this.gzip = gzip;
        boolean plain = url.getProtocol().equals("http");
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .protocols(plain ? List.of(Protocol.H2_PRIOR_KNOWLEDGE) : List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
                .followRedirects(false)
                .callTimeout(Duration.ofMillis(timeoutMillis))
                .connectTimeout(Duration.ofMillis(timeoutMillis))
                .readTimeout(Duration.ofMillis(timeoutMillis))
                .writeTimeout(Duration.ofMillis(timeoutMillis));
        if (tls != null) builder.sslSocketFactory(tls.socketFactory(), tls.trustManager());
        this.client = builder.build();
    }

    @Override
    public String endpoint() {
        return OtlpTarget.shown(url);
    }

    @Override
    public Answer send(byte[] body, int length) throws IOException {
        Request.Builder request = new Request.Builder()
                .url(url)
                .header("te", "trailers")
                .header("User-Agent", "weir")
                .post(gzip ? framed(Gzip.compressed(body, length), 1) : framed(new Gzip.Bytes(body, length), 0));
        if (gzip) request.header("grpc-encoding", "gzip");
        for (Map.Entry<String, String> header : headers.entrySet()) request.header(header.getKey(), header.getValue());
        try (Response response = client.newCall(request.build()).execute()) {
            byte[] reply = read(response);
            String status = said(response, "grpc-status");
            if (status == null) return GrpcStatus.withoutStatus(response.code());
            if (!status.equals("0")) {
                return GrpcStatus.failure(
                        status, said(response, "grpc-message"), said(response, "grpc-status-details-bin"));
            }
            // Compressed replies come only to those who ask for them.
            byte[] message = reply.length > PREFIX ? Arrays.copyOfRange(reply, PREFIX, reply.length) : new byte[0];
            return CollectorReply.taken(message, "gRPC OK");
        }
    }

    private static byte[] read(Response response) throws IOException {
        BufferedSource source = response.body().source();
        source.request(CollectorReply.LONGEST);
        byte[] reply = source.getBuffer()
                .readByteArray(
                        Math.min(CollectorReply.LONGEST, source.getBuffer().size()));
        // Trailers come only after the end.
        if (!source.exhausted()) throw new IOException("the reply is longer than " + CollectorReply.LONGEST + " bytes");
        return reply;
    }

    /** From the headers of a reply without a body, else from the trailers. */
    private static @Nullable String said(Response response, String name) throws IOException {
        String header = response.header(name);
        return header != null ? header : response.trailers().get(name);
    }

    private static RequestBody framed(Gzip.Bytes message, int compressed) {
        return new RequestBody() {
            @Override
            public MediaType contentType() {
                return GRPC;
            }

            @Override
            public long contentLength() {
                return PREFIX + (long) message.length();
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeByte(compressed);
                sink.writeInt(message.length());
                sink.write(message.array(), 0, message.length());
            }
        };
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
