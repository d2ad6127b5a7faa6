package dev.weir.agent.pipeline;

import dev.weir.agent.context.AttemptHint;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.KeyedHash;
import dev.weir.agent.sql.Dialect;
import dev.weir.agent.sql.SqlSummary;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.FileFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.McpFacts;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.bootstrap.ProcessFacts;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.bootstrap.SqlFacts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.TemporalAccessor;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What makes two calls the same: everything that the other side could tell them apart by. */
final class Fingerprints {

    private static final int DEEPEST = 64;

    private final Identity identity;
    private final int bodyLimit;
    private final TextDigests digests = new TextDigests();

    /** @param bodyLimit the longest body that is digested, in bytes */
    Fingerprints(Identity identity, int bodyLimit) {
        this.identity = identity;
        this.bodyLimit = bodyLimit;
    }

    long of(CallFacts facts, AttemptHint hint) {
        KeyedHash hash = identity.hash().add((long) facts.kind().ordinal());
        if (facts instanceof HttpFacts http) http(hash, http, hint.invocation());
        else if (facts instanceof SqlFacts sql) sql(hash, sql);
        else if (facts instanceof FileFacts file) file(hash, file);
        else if (facts instanceof ScopeFacts scope) scope(hash, scope);
        else if (facts instanceof MessageFacts message) message(hash, message);
        else if (facts instanceof McpFacts mcp) mcp(hash, mcp);
        else if (facts instanceof ProcessFacts process) values(hash, process.command());
        return hash.finish().low();
    }

    private void http(KeyedHash hash, HttpFacts http, @Nullable String invocation) {
        hash.add(http.method()).add(http.scheme()).add(http.host()).add((long) http.port());
        hash.add(http.path());
        if (invocation != null) {
            // Signatures change from attempt to attempt, in the query too; this does not, and differs between calls.
            hash.add(-3L).add(invocation);
            return;
        }
        text(hash, http.query());
        long length = http.bodyLength();
        byte[] body = length == 0 || length > bodyLimit ? null : http.replayableBody(bodyLimit);
        if (body != null) {
            hash.add((long) body.length).add(body, 0, body.length);
        } else {
            hash.add(length);
            if (length != 0) text(hash, http.header("Content-Type"));
        }
    }

    private void sql(KeyedHash hash, SqlFacts sql) {
        String text = sql.text();
        // Longer ones are not remembered, and to read one each time would cost more than it tells.
        if (text.length() <= SqlSummary.LONGEST_REMEMBERED) {
            digests.add(SqlSummary.of(text, Dialect.of(sql.url())).canonical(), hash);
        } else {
            hash.add(text);
        }
        digests.add(sql.url(), hash);
        int parameters = sql.parameterCount();
        for (int i = 0; i < parameters; i++) value(hash, sql.parameter(i));
    }

    private static void file(KeyedHash hash, FileFacts file) {
        hash.add((long) file.action().ordinal()).add(file.path());
        text(hash, file.target());
    }

    private void scope(KeyedHash hash, ScopeFacts scope) {
        hash.add(scope.name());
        values(hash, scope.arguments());
        String json = scope instanceof GenAiFacts ai ? ai.toolArguments() : null;
        if (json != null) content(hash, json.length() > bodyLimit ? json : CanonicalJson.of(json));
    }

    private void message(KeyedHash hash, MessageFacts message) {
        hash.add(message.system()).add(message.destination()).add((long) message.partition());
        content(hash, message.key());
        content(hash, message.value());
    }

    private static void mcp(KeyedHash hash, McpFacts mcp) {
        hash.add(mcp.method());
        text(hash, mcp.server());
        text(hash, mcp.target());
        text(hash, mcp.resource());
        Object[] arguments = mcp.arguments();
        if (arguments == null) return;
        for (Object argument : arguments) json(hash, argument, 0);
    }

    /** JSON as libraries hold it: the order of a map's entries says nothing. */
    private static void json(KeyedHash hash, @Nullable Object value, int depth) {
        boolean ofTheJdk = value != null && value.getClass().getName().startsWith("java.");
        if (depth < DEEPEST && ofTheJdk && value instanceof Map<?, ?> map) {
            TreeMap<String, Object> sorted = new TreeMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (entry.getKey() instanceof String name) sorted.put(name, entry.getValue());
            }
            hash.add((long) sorted.size());
            for (Map.Entry<String, Object> entry : sorted.entrySet()) {
                hash.add(entry.getKey());
                json(hash, entry.getValue(), depth + 1);
            }
        } else if (depth < DEEPEST && ofTheJdk && value instanceof Collection<?> list) {
            hash.add((long) list.size());
            for (Object each : list) json(hash, each, depth + 1);
        } else {
            value(hash, value);
        }
    }

    private void content(KeyedHash hash, @Nullable Object content) {
        if (content instanceof byte[] bytes && bytes.length > bodyLimit) hash.add((long) bytes.length);
        else if (content instanceof String text && text.length() > bodyLimit) hash.add((long) text.length());
        else value(hash, content);
    }

    private static void text(KeyedHash hash, @Nullable String text) {
        if (text == null) hash.add(-1L);
        else hash.add(text);
    }

    private static void values(KeyedHash hash, Object @Nullable [] values) {
        if (values == null) return;
        for (Object value : values) value(hash, value);
    }

    /** Only values of the JDK are looked at: an application's own {@code toString} may do anything. */
    private static void value(KeyedHash hash, @Nullable Object value) {
        if (value == null) hash.add(-2L);
        else if (value instanceof CharSequence text
                && value.getClass().getName().startsWith("java.")) hash.add(text);
        else if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            hash.add(((Number) value).longValue());
        } else if (value instanceof Boolean flag) hash.add(flag ? 1L : 0L);
        else if (value instanceof Double || value instanceof Float) {
            hash.add(Double.doubleToLongBits(((Number) value).doubleValue()));
        } else if (value instanceof BigDecimal || value instanceof BigInteger || value instanceof UUID) {
            hash.add(value.toString());
        } else if (value instanceof Date date && value.getClass().getName().startsWith("java."))
            hash.add(date.getTime());
        else if (value instanceof TemporalAccessor && value.getClass().getName().startsWith("java.time.")) {
            hash.add(value.toString());
        } else if (value instanceof byte[] bytes) hash.add((long) bytes.length).add(bytes, 0, bytes.length);
        else if (value instanceof Enum<?> constant) hash.add(constant.name());
        else if (value instanceof Object[] array) {
            hash.add((long) array.length);
            values(hash, array);
        } else hash.add(value.getClass().getName());
    }
}
