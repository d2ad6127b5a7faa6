package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.HttpFacts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The real facts of a request of {@code java.net.http}, without the client. */
public final class JdkRequest {

    private final HttpRequest request;
    private final HttpResponse<?> response;

    /** @param body {@code null} for a GET */
    public JdkRequest(String uri, @Nullable String body) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(uri))
                .header("Accept", "application/json")
                .header("User-Agent", "shop/1.4")
                .header("Authorization", "Bearer 0123456789abcdef0123456789abcdef")
                .header("X-Request-Id", "6f1c8e4e-1d0b-4f6e-9f51-2a0a3a1f7c55");
        if (body != null) {
            builder.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        }
        request = builder.build();
        response = new Answer(request);
    }

    public HttpFacts begin() {
        return new RequestFacts(request, true);
    }

    public void answered(HttpFacts facts) {
        ((RequestFacts) facts).answered(response);
    }

    /** Prints what was added to a request's head, as it goes on the wire. */
    public int print(HttpFacts facts, StringBuilder head) {
        RequestFacts printed = (RequestFacts) facts;
        printed.reserve(head);
        printed.write(head);
        return head.length();
    }

    private record Answer(HttpRequest request) implements HttpResponse<String> {

        private static final HttpHeaders HEADERS = HttpHeaders.of(
                Map.of(
                        "content-type", List.of("application/json"),
                        "content-length", List.of("117"),
                        "date", List.of("Sun, 22 Nov 2026 08:00:00 GMT"),
                        "server", List.of("shop")),
                (name, value) -> true);

        @Override
        public int statusCode() {
            return 200;
        }

        @Override
        public Optional<HttpResponse<String>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public HttpHeaders headers() {
            return HEADERS;
        }

        @Override
        public String body() {
            return "";
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }
}
