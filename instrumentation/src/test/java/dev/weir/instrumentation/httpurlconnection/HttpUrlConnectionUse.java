package dev.weir.instrumentation.httpurlconnection;

import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How an application uses {@code HttpURLConnection}. */
abstract class HttpUrlConnectionUse {

    @RegisterExtension
    final Woven woven = new Woven(new HttpUrlConnectionInstrumentation());

    WireServer server;

    @BeforeEach
    void start() throws IOException {
        server = new WireServer(HttpUrlConnectionUse::answer);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    static void answer(WireServer.Request request, WireServer.Answer answer) throws Exception {
        String seen = request.headers().getOrDefault("traceparent", "none") + " " + request.text();
        switch (request.path()) {
            case "/404" -> answer.reply("404 Not Found", "no such thing");
            case "/503" -> answer.reply("503 Service Unavailable", "busy", "Retry-After: 7");
            case "/secret" -> {
                if (request.headers().containsKey("Authorization")) answer.reply("200 OK", seen);
                else answer.reply("401 Unauthorized", "who?", "WWW-Authenticate: Basic realm=\"test\"");
            }
            case "/moved" -> answer.reply("302 Found", "", "Location: /here");
            default -> answer.reply("200 OK", seen);
        }
    }

    HttpURLConnection open(String path) throws IOException {
        return (HttpURLConnection) URI.create(server.url(path)).toURL().openConnection();
    }

    HttpURLConnection post(String path, String body) throws IOException {
        HttpURLConnection connection = open(path);
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
        return connection;
    }

    static String text(HttpURLConnection connection) throws IOException {
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    List<String> events() {
        return woven.agent().events();
    }
}
