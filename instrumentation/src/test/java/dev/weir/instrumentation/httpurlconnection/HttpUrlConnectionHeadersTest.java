package dev.weir.instrumentation.httpurlconnection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What levers set is on the wire, once, whatever the JDK makes of the request; the application sees none of it. */
@Timeout(60)
class HttpUrlConnectionHeadersTest {

    @RegisterExtension
    final Woven woven = new Woven(new HttpUrlConnectionInstrumentation());

    private static WireServer answers200() throws IOException {
        return new WireServer((request, answer) -> answer.reply("200 OK", request.text()));
    }

    private static HttpURLConnection open(String url) throws IOException {
        return (HttpURLConnection) URI.create(url).toURL().openConnection();
    }

    private static String text(HttpURLConnection connection) throws IOException {
        return new String(connection.getInputStream().readAllBytes());
    }

    private void set(String... namesAndValues) {
        woven.agent().pull(facts -> {
            for (int i = 0; i < namesAndValues.length; i += 2) {
                assertTrue(facts.setHeader(namesAndValues[i], namesAndValues[i + 1]));
            }
        });
    }

    private static Map<String, String> onlyHeaders(WireServer server) {
        assertEquals(1, server.requests().size());
        return server.requests().get(0).headers();
    }

    @Test
    void linesStandBesideTheJdksOwn() throws Exception {
        String longest = "a=" + "b".repeat(3_000);
        set("traceparent", "from-weir", "baggage", longest);
        try (WireServer server = answers200()) {
            HttpURLConnection connection = open(server.url("/a?b=c"));
            connection.setRequestProperty("X-App", "1");
            connection.addRequestProperty("x-app", "2");
            connection.setDoOutput(true);
            try (OutputStream body = connection.getOutputStream()) {
                body.write("pay 10".getBytes());
            }
            assertEquals("pay 10", text(connection));
            Map<String, String> seen = onlyHeaders(server);
            assertEquals("POST /a?b=c HTTP/1.1", server.requests().get(0).line());
            assertEquals("from-weir", seen.get("traceparent"));
            assertEquals(longest, seen.get("baggage"));
            assertTrue(seen.get("x-app").contains("1") && seen.get("x-app").contains("2"), seen.toString());
            assertEquals("127.0.0.1:" + server.port(), seen.get("Host"));
            assertEquals("6", seen.get("Content-Length"));
            assertNull(connection.getRequestProperty("traceparent"), "the application sees its own");
        }
    }

    @Test
    void aStreamedBodyFollowsThem() throws Exception {
        set("traceparent", "from-weir");
        try (WireServer server = answers200()) {
            HttpURLConnection connection = open(server.url("/"));
            connection.setDoOutput(true);
            connection.setChunkedStreamingMode(4);
            try (OutputStream body = connection.getOutputStream()) {
                body.write("pay 10".getBytes());
            }
            assertEquals("pay 10", text(connection));
            assertEquals("from-weir", onlyHeaders(server).get("traceparent"));
        }
    }

    @Test
    void whatIsSetTwiceHasTheLastValue() throws Exception {
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", "first");
            facts.setHeader("Traceparent", "last");
            assertEquals("last", facts.header("TRACEPARENT"));
        });
        try (WireServer server = answers200()) {
            text(open(server.url("/")));
            assertEquals("last", onlyHeaders(server).get("traceparent"));
        }
    }

    @Test
    void whatTheApplicationHasSetIsReplaced() throws Exception {
        woven.agent().pull(facts -> {
            assertTrue(facts.replaceHeader("baggage", facts.header("Baggage") + ",weir=2"));
            assertEquals("app=1,weir=2", facts.header("baggage"));
        });
        try (WireServer server = answers200()) {
            HttpURLConnection connection = open(server.url("/"));
            connection.setRequestProperty("Baggage", "app=1");
            text(connection);
            assertEquals("app=1,weir=2", onlyHeaders(server).get("baggage"));
        }
    }

    @Test
    void aValueThatWouldEndItsLineIsRefused() throws Exception {
        woven.agent().pull(facts -> assertFalse(facts.setHeader("traceparent", "a\r\nx-evil: 1")));
        try (WireServer server = answers200()) {
            text(open(server.url("/")));
            Map<String, String> seen = onlyHeaders(server);
            assertEquals("null null", seen.get("traceparent") + " " + seen.get("x-evil"));
        }
    }

    @Test
    void headersThatAreNotAsciiGoOutAsEver() throws Exception {
        String value = "caf\u00e9 " + "x".repeat(2_000) + "\u00e9";
        String plain;
        try (WireServer server = answers200()) {
            woven.agent().ignore(facts -> true);
            HttpURLConnection connection = open(server.url("/"));
            connection.setRequestProperty("x-app", value);
            text(connection);
            plain = onlyHeaders(server).get("x-app");
        }
        woven.agent().ignore(facts -> false);
        set("traceparent", "from-weir");
        try (WireServer server = answers200()) {
            HttpURLConnection connection = open(server.url("/"));
            connection.setRequestProperty("x-app", value);
            text(connection);
            assertEquals(plain, onlyHeaders(server).get("x-app"));
            assertEquals("from-weir", onlyHeaders(server).get("traceparent"));
        }
    }

    @Test
    void redirectsChallengesAndRepetitionsCarryEachCallsOwn() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        int[] broken = new int[1];
        try (WireServer server = new WireServer((request, answer) -> {
            if (request.path().equals("/moved")) answer.reply("302 Found", "", "Location: /secret");
            else if (!request.headers().containsKey("Authorization"))
                answer.reply("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"test\"");
            else if (broken[0]++ == 0) answer.breakOff();
            else answer.reply("200 OK", "");
        })) {
            HttpURLConnection connection = open(server.url("/moved"));
            connection.setAuthenticator(new Authenticator() {
                @Override
                protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication("me", "pw".toCharArray());
                }
            });
            assertEquals(200, connection.getResponseCode());
            List<String> onWire = new ArrayList<>();
            for (WireServer.Request seen : server.requests()) {
                onWire.add(seen.path() + " " + seen.headers().get("traceparent"));
            }
            assertEquals(List.of("/moved /moved", "/secret /secret", "/secret /secret", "/secret /secret"), onWire);
        }
    }

    @Test
    void aTunnelThroughAProxyDoesNotCarryThem() throws Exception {
        set("traceparent", "from-weir");
        try (WireServer proxy = new WireServer((request, answer) -> answer.reply("403 Forbidden", ""))) {
            Proxy through = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", proxy.port()));
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("https://tunnelled.example/").toURL().openConnection(through);
            try {
                connection.getResponseCode();
            } catch (IOException e) {
                // The proxy refuses.
            }
            assertTrue(proxy.requests().get(0).line().startsWith("CONNECT tunnelled.example:443"));
            assertNull(proxy.requests().get(0).headers().get("traceparent"));
        }
    }

    /** More at once than streams are kept for. */
    @Test
    void threadsDoNotMeetOneAnothersHeaders() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try (WireServer server = answers200()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                String url = server.url("/" + i);
                all.add(threads.submit(() -> text(open(url))));
            }
            for (Future<?> each : all) each.get(30, TimeUnit.SECONDS);
            assertEquals(400, server.requests().size());
            for (WireServer.Request seen : server.requests()) {
                assertEquals(seen.path(), seen.headers().get("traceparent"));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
