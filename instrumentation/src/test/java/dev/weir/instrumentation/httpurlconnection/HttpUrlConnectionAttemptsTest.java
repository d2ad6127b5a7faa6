package dev.weir.instrumentation.httpurlconnection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.WireServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.CacheRequest;
import java.net.CacheResponse;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.net.ResponseCache;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What the JDK sends again by itself: repetitions, redirects, answers to challenges. */
class HttpUrlConnectionAttemptsTest extends HttpUrlConnectionUse {

    @Test
    void aSilentRepetitionIsCounted() throws Exception {
        try (WireServer flaky = breaksOffThe(2)) {
            pay(flaky, "pay 1");
            assertEquals("paid", pay(flaky, "pay 2"));
            assertEquals(3, flaky.requests().size());
            assertEquals("pay 2", flaky.requests().get(2).text());
        }
        assertEquals(
                List.of("resent POST /pay", "end POST /pay 200"),
                events().subList(events().size() - 2, events().size()));
        assertEquals(1, events().stream().filter(e -> e.startsWith("resent")).count());
    }

    @Test
    void aSilentRepetitionCanBeDenied() throws Exception {
        woven.agent().denyResend(facts -> true);
        try (WireServer flaky = breaksOffThe(2)) {
            pay(flaky, "pay 1");
            IOException thrown = assertThrows(IOException.class, () -> pay(flaky, "pay 2"));
            assertEquals("resend denied by test", thrown.getMessage());
            assertEquals(2, flaky.requests().size());
        }
        assertEquals("end POST /pay IOException", events().get(events().size() - 1));
    }

    /** Keeps the connection after the first request, and breaks off when it has read the given one. */
    private static WireServer breaksOffThe(int request) throws IOException {
        List<String> seen = new CopyOnWriteArrayList<>();
        return new WireServer((ignored, answer) -> {
            seen.add("");
            if (seen.size() == request) answer.breakOff();
            else answer.reply("200 OK", "paid");
        });
    }

    private static String pay(WireServer at, String body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(at.url("/pay")).toURL().openConnection();
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        return text(connection);
    }

    @Test
    void eachHopOfARedirectIsACall() throws Exception {
        woven.agent().pull(facts -> {
            assertNull(facts.header("traceparent"));
            facts.setHeader("traceparent", ((HttpFacts) facts).path());
        });
        HttpURLConnection connection = open("/moved");
        assertEquals("/here ", text(connection));
        assertEquals(
                List.of("begin GET /moved", "end GET /moved 302", "begin GET /here", "end GET /here 200"), events());
    }

    @Test
    void headersOfALeverDoNotFollowARedirectToAnotherHost() throws Exception {
        try (WireServer other = new WireServer(HttpUrlConnectionUse::answer);
                WireServer from = new WireServer((request, answer) ->
                        answer.reply("307 Temporary Redirect", "", "Location: " + other.url("/there")))) {
            woven.agent().pull(facts -> {
                if (((HttpFacts) facts).port() != from.port()) return;
                facts.setHeader("weir-op", "inside");
                facts.replaceHeader("x-app", "replaced");
            });
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(from.url("/")).toURL().openConnection();
            connection.setRequestProperty("x-app", "own");
            assertEquals(200, connection.getResponseCode());
            Map<String, String> first = from.requests().get(0).headers();
            Map<String, String> second = other.requests().get(0).headers();
            assertEquals("inside replaced", first.get("weir-op") + " " + first.get("x-app"));
            assertEquals("null own", second.get("weir-op") + " " + second.get("x-app"));
        }
    }

    @Test
    void aHopCanBeDenied() throws Exception {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/here"));
        IOException thrown = assertThrows(IOException.class, open("/moved")::getInputStream);
        assertEquals("denied by test", thrown.getMessage());
        assertEquals(List.of("begin GET /moved", "end GET /moved 302", "begin GET /here"), events());
        assertEquals(1, server.requests().size());
    }

    @Test
    void aRedirectedPostLosesItsBody() throws Exception {
        assertEquals("none ", text(post("/moved", "pay 10")));
        List<CallFacts> begun = woven.agent().begun();
        HttpFacts last = (HttpFacts) begun.get(begun.size() - 1);
        assertEquals("GET 0", last.method() + " " + last.bodyLength());
    }

    @Test
    void aChallengeIsNoRepetition() throws Exception {
        HttpURLConnection connection = open("/secret");
        connection.setAuthenticator(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication("me", "pw".toCharArray());
            }
        });
        assertEquals(200, connection.getResponseCode());
        assertEquals(2, server.requests().size());
        assertEquals(List.of("begin GET /secret", "end GET /secret 200"), events());
    }

    @Test
    void anAnswerFromACacheIsNoCall() throws Exception {
        ResponseCache.setDefault(new ResponseCache() {
            @Override
            public CacheResponse get(URI uri, String method, Map<String, List<String>> headers) {
                return new CacheResponse() {
                    @Override
                    public Map<String, List<String>> getHeaders() {
                        return Collections.singletonMap(null, List.of("HTTP/1.1 200 OK"));
                    }

                    @Override
                    public InputStream getBody() {
                        return new ByteArrayInputStream(new byte[] {'c'});
                    }
                };
            }

            @Override
            public CacheRequest put(URI uri, URLConnection connection) {
                return null;
            }
        });
        try {
            assertEquals("c", text(open("/")));
        } finally {
            ResponseCache.setDefault(null);
        }
        assertEquals(List.of("begin GET /", "withdrawn GET /"), events());
    }
}
