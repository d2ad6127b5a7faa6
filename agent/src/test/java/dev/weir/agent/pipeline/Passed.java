package dev.weir.agent.pipeline;

import dev.weir.bootstrap.MessageFacts;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A message as an adapter would report it, with all levers. */
final class Passed extends MessageFacts {

    final Map<String, String> headers = new TreeMap<>();
    private final String value;
    String host = "127.0.0.1";
    String group = "billing";
    long offset = -1;
    int delivery;
    boolean awaited;
    boolean recognised;
    long callerTimeout;

    @Nullable
    String id;

    private Passed(Kind kind, String topic, String value) {
        super(kind, "test", "kafka", topic);
        this.value = value;
    }

    static Passed sent(String topic, String value) {
        return new Passed(Kind.MESSAGE_SEND, topic, value);
    }

    static Passed received(String topic, long offset) {
        Passed received = new Passed(Kind.MESSAGE_RECEIVE, topic, "");
        received.offset = offset;
        return received;
    }

    /** The next process gets what this one sent. */
    Passed carrying(Map<String, String> sent) {
        headers.putAll(sent);
        return this;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public int port() {
        return host.isEmpty() ? 0 : 9092;
    }

    @Override
    public @Nullable String messageId() {
        return id;
    }

    @Override
    public int partition() {
        return offset < 0 ? -1 : 3;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public String consumer() {
        return group;
    }

    @Override
    public int delivery() {
        return delivery;
    }

    @Override
    public boolean awaited() {
        return awaited;
    }

    @Override
    public boolean repeatsRecognised() {
        return recognised;
    }

    @Override
    public Object key() {
        return "key";
    }

    @Override
    public Object value() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long callerTimeoutMillis() {
        return callerTimeout;
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public boolean setHeader(String name, String headerValue) {
        headers.put(name, headerValue);
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String headerValue) {
        return setHeader(name, headerValue);
    }
}
