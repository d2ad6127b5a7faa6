package dev.weir.instrumentation.servlet;

import dev.weir.bootstrap.HttpFacts;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/** What is known of one inbound request, as the container gave it to the first filter or servlet. */
final class RequestFacts extends HttpFacts {

    // Containers use the same objects again for another request.
    private volatile @Nullable HttpServletRequest request;
    private volatile @Nullable HttpServletResponse response;

    RequestFacts(HttpServletRequest request, HttpServletResponse response) {
        super(
                Kind.HTTP_SERVER,
                "servlet",
                request.getMethod(),
                request.getScheme(),
                request.getServerName(),
                request.getServerPort(),
                request.getRequestURI(),
                request.getQueryString());
        this.request = request;
        this.response = response;
    }

    /** The request is over. */
    void close() {
        request = null;
        response = null;
    }

    @Override
    public @Nullable String peerAddress() {
        HttpServletRequest open = request;
        return open == null ? null : open.getRemoteAddr();
    }

    @Override
    public @Nullable String header(String name) {
        HttpServletRequest open = request;
        String first = open == null ? null : open.getHeader(name);
        if (open == null || first == null) return null;
        Enumeration<String> lines = open.getHeaders(name);
        // A container may keep them to itself.
        if (lines == null) return first;
        StringBuilder joined = null;
        for (int line = 0; lines.hasMoreElements(); line++) {
            String next = lines.nextElement();
            if (line == 0) continue;
            if (joined == null) joined = new StringBuilder(first);
            joined.append(',').append(next);
        }
        return joined == null ? first : joined.toString();
    }

    @Override
    public boolean repeatsHeader(String name) {
        HttpServletRequest open = request;
        Enumeration<String> values = open == null ? null : open.getHeaders(name);
        if (values == null || !values.hasMoreElements()) return false;
        values.nextElement();
        return values.hasMoreElements();
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpServletResponse open = response;
        return open == null ? null : open.getHeader(name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        HttpServletResponse open = response;
        if (open == null || open.isCommitted()) return false;
        open.setHeader(name, value);
        return true;
    }
}
