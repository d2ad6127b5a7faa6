package dev.weir.agent.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PageEndpointTest {
    private static final Pattern REFERENCE = Pattern.compile("(?:from\\s*|import\\s*|href=|src=)[\"']([^\"']+)[\"']");
    private static final int BUDGET = 1 << 20;

    @RegisterExtension
    final RunningServer server = new RunningServer();

    /** Follows the page's own references: all it needs is here, and nothing is anywhere else. */
    @Test
    void thePageIsWholeAndSmall() {
        Set<String> seen = new LinkedHashSet<>();
        int bytes = fetch("/", seen);
        assertTrue(seen.contains("/page/app.js"), seen.toString());
        assertTrue(seen.contains("/page/lib/lit-html.js"), seen.toString());
        assertTrue(seen.size() > 15, seen.toString());
        assertTrue(bytes < BUDGET, bytes + " bytes");
    }

    private int fetch(String path, Set<String> seen) {
        if (!seen.add(path)) return 0;
        HttpResponse<byte[]> file = server.get(path);
        assertEquals(200, file.statusCode(), path);
        int bytes = file.body().length;
        Matcher references = REFERENCE.matcher(RunningServer.text(file));
        while (references.find()) {
            String target = server.at(path).resolve(references.group(1)).toString();
            assertTrue(target.startsWith(server.at("/").toString()), path + " needs " + target);
            if (!target.contains("#"))
                bytes += fetch(target.substring(server.at("").toString().length()), seen);
        }
        return bytes;
    }

    @Test
    void everyFileOfTheFolderIsServed() throws IOException {
        Path folder = Path.of("src/main/resources/dev/weir/agent/cli/serve/page");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                assertEquals(200, server.get("/page/" + file.getFileName()).statusCode(), file.toString());
            }
        }
        assertEquals(
                "text/javascript; charset=utf-8",
                server.get("/page/app.js").headers().firstValue("Content-Type").orElse(""));
        assertEquals(
                "text/html; charset=utf-8",
                server.get("/").headers().firstValue("Content-Type").orElse(""));
    }

    @Test
    void nothingInlineNothingEvaluatedNothingFromElsewhere() {
        HttpResponse<byte[]> page = server.get("/");
        String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'; "), policy);
        assertTrue(policy.contains("frame-ancestors 'none'"), policy);
        assertTrue(policy.contains("require-trusted-types-for 'script'"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        String html = RunningServer.text(page);
        assertFalse(html.contains("<style") || html.contains("style=") || html.contains("onload"), html);
        assertEquals(1, html.split("<script", -1).length - 1);
        assertEquals(
                "nosniff", page.headers().firstValue("X-Content-Type-Options").orElse(""));
        assertEquals("DENY", page.headers().firstValue("X-Frame-Options").orElse(""));
    }

    @Test
    void nothingElseOfTheJarIsServed() {
        for (String path : new String[] {
            "/page/",
            "/page/nothing.js",
            "/page/lib/LICENSE",
            "/page/../ServeCommand.class",
            "/page/%2e%2e/ServeCommand.class",
            "/page/..%2fServeCommand.class",
            "/page//etc/passwd",
            "/page/lib/../app.js",
            "/page/app.js/",
            "/page/APP.JS"
        }) {
            HttpResponse<byte[]> reply = server.get(path);
            assertEquals(404, reply.statusCode(), path);
        }
        assertTrue(server.isQuiet(), server.err.text());
    }

    @Test
    void onlyGetAndHead() {
        HttpResponse<byte[]> post =
                server.send(HttpRequest.newBuilder(server.at("/")).POST(BodyPublishers.ofString("x")));
        assertEquals(405, post.statusCode());
        HttpResponse<byte[]> head =
                server.send(HttpRequest.newBuilder(server.at("/")).method("HEAD", BodyPublishers.noBody()));
        assertEquals(200, head.statusCode());
        assertEquals(0, head.body().length);
    }

    /** It holds no secret, and a browser cannot send the token before it has the page. */
    @Test
    void thePageNeedsNoTokenButItsDataDoes() {
        try (RunningServer guarded = new RunningServer(given -> RunningServer.withToken("s3cret"))) {
            assertEquals(200, guarded.get("/").statusCode());
            assertEquals(200, guarded.get("/page/app.js").statusCode());
            for (String path :
                    new String[] {"/api/traces", "/api/traces/" + Payload.traceId(1), "/api/keys/k", "/other"}) {
                assertEquals(401, guarded.get(path).statusCode(), path);
            }
        }
    }
}
