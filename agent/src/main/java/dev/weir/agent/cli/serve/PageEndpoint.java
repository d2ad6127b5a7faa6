package dev.weir.agent.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The web page: files in this jar that hold nothing secret, so that they need no token. */
final class PageEndpoint {
    private static final String FOLDER = "/page/";
    private static final Pattern FILE = Pattern.compile("(lib/(directives/)?)?[a-z]+(-[a-z]+)*\\.(html|js|css|svg)");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private PageEndpoint() {}

    static boolean serves(String path) {
        return path.equals("/") || path.startsWith(FOLDER) || path.equals("/favicon.ico");
    }

    static void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            Reply.onlyGet(exchange);
            return;
        }
        String path = exchange.getRequestURI().getRawPath();
        String file = switch (path) {
            case "/" -> "index.html";
            case "/favicon.ico" -> "icon.svg";
            default -> path.substring(FOLDER.length());
        };
        byte[] content = FILE.matcher(file).matches() ? read(file) : null;
        String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
        if (content == null || type == null) {
            Reply.error(exchange, 404, "the page has no such file");
        } else {
            Reply.page(exchange, type, content);
        }
    }

    private static byte @Nullable [] read(String file) throws IOException {
        try (InputStream in = PageEndpoint.class.getResourceAsStream("page/" + file)) {
            return in == null ? null : in.readAllBytes();
        }
    }
}
