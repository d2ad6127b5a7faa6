package dev.weir.instrumentation.httpurlconnection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.SelfSigned;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpsUrlConnectionTest {

    @TempDir
    static Path folder;

    private static SSLContext tls;

    @RegisterExtension
    final Woven woven = new Woven(new HttpUrlConnectionInstrumentation());

    private WireServer server;

    @BeforeAll
    static void makeCertificate() throws Exception {
        tls = SelfSigned.tls(folder);
    }

    @BeforeEach
    void start() throws IOException {
        server = new WireServer("https", tls.getServerSocketFactory(), (request, answer) -> {
            if (request.path().equals("/hang")) answer.awaitRelease();
            if (request.path().equals("/drip")) {
                answer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
                answer.awaitRelease();
            }
            answer.reply("200 OK", request.headers().getOrDefault("traceparent", "none") + " " + request.text());
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private HttpsURLConnection open(String path, Proxy proxy) throws IOException {
        HttpsURLConnection connection =
                (HttpsURLConnection) URI.create(server.url(path)).toURL().openConnection(proxy);
        connection.setSSLSocketFactory(tls.getSocketFactory());
        return connection;
    }

    private static String text(HttpsURLConnection connection) throws IOException {
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void anExchangeOverTlsIsOneCall() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", "t")));
        HttpsURLConnection get = open("/a", Proxy.NO_PROXY);
        assertEquals(200, get.getResponseCode());
        assertEquals("t ", text(get));
        HttpsURLConnection post = open("/b", Proxy.NO_PROXY);
        post.setDoOutput(true);
        try (OutputStream out = post.getOutputStream()) {
            out.write("pay 10".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals("t pay 10", text(post));
        assertEquals(
                List.of(
                        "begin GET /a",
                        "end GET /a 200",
                        "begin POST /b",
                        "withdrawn POST /b",
                        "begin POST /b",
                        "end POST /b 200"),
                woven.agent().events());
        HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
        assertEquals("https 127.0.0.1 " + server.port(), facts.scheme() + " " + facts.host() + " " + facts.port());
    }

    @Test
    void aFailedHandshakeIsAFailedCall() throws Exception {
        HttpsURLConnection connection =
                (HttpsURLConnection) URI.create(server.url("/")).toURL().openConnection();
        assertThrows(SSLHandshakeException.class, connection::connect);
        assertThrows(SSLHandshakeException.class, connection::getInputStream);
        assertEquals(
                List.of(
                        "begin GET /",
                        "end GET / SSLHandshakeException",
                        "begin GET /",
                        "end GET / SSLHandshakeException"),
                woven.agent().events());
    }

    @Test
    void deniedCallsDoNotConnect() throws Exception {
        woven.agent().deny(facts -> true);
        HttpsURLConnection connection = open("/", Proxy.NO_PROXY);
        assertThrows(IOException.class, connection::getResponseCode);
        assertThrows(IOException.class, connection::getOutputStream);
        assertEquals(0, server.connections());
    }

    @Test
    void limitEndsRequestAndBody() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.limit(2_000)));
        assertThrows(SocketTimeoutException.class, open("/hang", Proxy.NO_PROXY)::getInputStream);
        InputStream body = open("/drip", Proxy.NO_PROXY).getInputStream();
        assertThrows(SocketTimeoutException.class, body::readAllBytes);
    }

    @Test
    void aTunnelIsPartOfItsCall() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", "t")));
        try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread tunnel = new Thread(() -> serveTunnel(proxy), "tunnel");
            tunnel.setDaemon(true);
            tunnel.start();
            Proxy through = new Proxy(
                    Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getLocalPort()));
            assertEquals("t ", text(open("/", through)));
        }
        assertEquals(List.of("begin GET /", "end GET / 200"), woven.agent().events());
        assertEquals(1, server.requests().size());
    }

    private void serveTunnel(ServerSocket proxy) {
        try (Socket client = proxy.accept();
                Socket target = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0)
                head.append((char) client.getInputStream().read());
            assertTrue(head.toString().startsWith("CONNECT "));
            assertTrue(head.indexOf("traceparent") < 0);
            client.getOutputStream().write("HTTP/1.1 200 Fine\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            Thread back = new Thread(() -> copy(target, client), "tunnel-back");
            back.setDaemon(true);
            back.start();
            copy(client, target);
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // The test is over.
        }
    }
}
