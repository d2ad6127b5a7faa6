package dev.weir.instrumentation.servlet;

import dev.weir.bootstrap.Call;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The answer to a request that must not be served. */
final class Refusal {

    private Refusal() {}

    /** Sends it, and says what went wrong; {@code null} when it was sent. */
    static @Nullable IOException send(ServletResponse given, Call.Denied denied) {
        if (!(given instanceof HttpServletResponse response)) return new IOException(denied.message());
        byte[] message = (denied.message() + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(denied.timeout() ? 504 : 503);
        response.setContentType("text/plain;charset=utf-8");
        response.setContentLength(message.length);
        try {
            response.getOutputStream().write(message);
            return null;
        } catch (IOException e) {
            return e;
        }
    }
}
