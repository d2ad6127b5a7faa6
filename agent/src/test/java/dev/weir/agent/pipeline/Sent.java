package dev.weir.agent.pipeline;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An HTTP exchange as an adapter would report it, with all levers. */
final class Sent extends HttpFacts {

    final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    final Map<String, String> responseHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final String body;
    long callerTimeout;
    long limited;
    boolean levers = true;
    boolean repeated;
    boolean waits;

    @Nullable
    String peer;

    @Nullable
    String rpcSystem;

    @Nullable
    String foreign;

    private Sent(CallFacts.Kind kind, String method, URI uri, String body) {
        super(kind, "test", method, uri.getScheme(), uri.getHost(), uri.getPort(), uri.getRawPath(), uri.getRawQuery());
        this.body = body;
    }

    static Sent to(String method, String uri, String body) {
        return new Sent(Kind.HTTP_CLIENT, method, URI.create(uri), body);
    }

    static Sent received(String method, String uri) {
        Sent received = new Sent(Kind.HTTP_SERVER, method, URI.create(uri), "");
        received.peer = "127.0.0.1";
        return received;
    }

    Sent header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public boolean repeatsHeader(String name) {
        return repeated;
    }

    @Override
    public @Nullable String foreignTraceparent() {
        return foreign;
    }

    @Override
    public @Nullable String rpcSystem() {
        return rpcSystem;
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public boolean setHeader(String name, String value) {
        if (levers) headers.put(name, value);
        return levers;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        return responseHeaders.get(name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        responseHeaders.put(name, value);
        return true;
    }

    @Override
    public @Nullable String peerAddress() {
        return peer;
    }

    @Override
    public boolean limit(long millis) {
        if (levers) limited = millis;
        return levers;
    }

    @Override
    public long callerTimeoutMillis() {
        return callerTimeout;
    }

    @Override
    public long bodyLength() {
        return body.length();
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
