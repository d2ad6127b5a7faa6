package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/** What every client has to do, also beneath Spring's {@code RestClient} and {@code RestTemplate}. */
public abstract class RestClientContract extends HttpClientContract {

    /** What Spring hands its requests to. */
    protected abstract ClientHttpRequestFactory factory();

    private @Nullable RestClient client;

    private RestClient client() {
        RestClient made = client;
        if (made == null) client = made = RestClient.create(new RestTemplate(factory()));
        return made;
    }

    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected boolean hasOwnTimeout() {
        return false;
    }

    // Spring writes them as streams.
    @Override
    protected boolean hasReplayableBodies() {
        return false;
    }

    // Spring wraps what a client throws, as each factory likes.
    @Override
    protected Class<? extends Throwable> timeout() {
        return IOException.class;
    }

    @Override
    protected Throwable reason(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null ? thrown : reason(cause);
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) throws Exception {
        RestClient.RequestBodySpec request =
                client().method(HttpMethod.valueOf(method)).uri(uri).headers(all -> headers.forEach(all::set));
        if (body != null) request.contentType(MediaType.TEXT_PLAIN).body(body);
        return answer(request);
    }

    private static Answer answer(RestClient.RequestBodySpec request) throws Exception {
        try {
            return request.exchange((sent, response) -> new Answer(
                    response.getStatusCode().value(),
                    new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8)));
        } catch (ResourceAccessException e) {
            if (e.getCause() instanceof IOException cause) throw cause;
            throw e;
        }
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws Exception {
        return answer(client().post().uri(uri).contentType(MediaType.TEXT_PLAIN).body(new InputStreamResource(body)));
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) {
        throw new AssertionError("there is no such form");
    }

    @Test
    @Tag("traced-sync")
    void requestOfARestTemplateIsOneCall() throws Exception {
        RestTemplate template = new RestTemplate(factory());
        assertEquals("pay 10", template.postForObject(server().uri("/echo-body"), "pay 10", String.class));
        woven().agent().awaitEnds(1);
        assertEquals(1, begun());
        List<String> events = woven().agent().events();
        assertEquals("end POST /echo-body 200", events.get(events.size() - 1));
    }
}
