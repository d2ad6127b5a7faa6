package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.context.HeaderNames;
import dev.weir.agent.context.Hex;
import dev.weir.agent.context.HostClasses;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.KeyedHash;
import dev.weir.agent.context.Operation;
import dev.weir.agent.ledger.UsedKeys;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.McpFacts;
import dev.weir.bootstrap.MessageFacts;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every attempt of an unsafe call carries the same idempotency key, no other call carries it, and what has succeeded is
 * not done again.
 */
public final class IdempotencyKeyRule extends Rule {

    private static final int LONGEST_KEY = 255;

    private final Identity identity;
    private final Set<String> methods;
    private final HostClasses honouring;
    private final List<String> safePaths;
    private final UsedKeys used;
    private final int bodyLimit;

    /**
     * @param methods upper-case methods that get a key
     * @param honouring hosts known to answer a repeated key with their first answer
     * @param safePaths ends of paths whose calls may be repeated although their method is unsafe
     * @param bodyLimit the longest body that is looked at, in bytes
     */
    public IdempotencyKeyRule(
            Identity identity,
            Set<String> methods,
            HostClasses honouring,
            List<String> safePaths,
            UsedKeys used,
            int bodyLimit) {
        this.identity = identity;
        this.methods = methods;
        this.honouring = honouring;
        this.safePaths = safePaths;
        this.used = used;
        this.bodyLimit = bodyLimit;
    }

    @Override
    public String name() {
        return "idempotency-key";
    }

    @Override
    public Verdict judge(Attempt attempt, long nowNanos) {
        // Who processes a message again sends again: to refuse that would end the processing, not the repetition.
        // And a tool is asked again for the answer that the first attempt did not get.
        if (attempt.facts().kind() == CallFacts.Kind.MESSAGE_SEND || isToolCall(attempt.facts())) {
            return key(attempt.facts().header(HeaderNames.IDEMPOTENCY_KEY), attempt.operation());
        }
        HttpFacts http = unsafe(attempt.facts());
        if (http == null) return Verdict.ALLOW;
        String own = http.header(HeaderNames.IDEMPOTENCY_KEY);
        if (own != null && standsForAnother(own, http)) {
            return new Verdict.Deny(
                    "the application's Idempotency-Key was sent to " + http.host() + " with another payload before",
                    false);
        }
        Verdict key = key(own, attempt.operation());
        if (attempt.succeededBefore() && !honouring.contain(http.host()) && !isSafePath(http.path())) {
            return new Verdict.Deny(
                    "an earlier attempt of this operation succeeded, and " + http.host()
                            + " is not known to honour Idempotency-Key"
                            + " (if it does: -Dweir.rule.idempotency-key.honoured-by=" + http.host() + ")",
                    false,
                    key);
        }
        return key;
    }

    /** Keys of ours are one to an operation, whose payload is part of its identity. The application's need not be. */
    private boolean standsForAnother(String key, HttpFacts http) {
        if (key.isEmpty() || key.length() > LONGEST_KEY) return false;
        KeyedHash digest = identity.hash();
        long length = http.bodyLength();
        if (length != 0) {
            byte[] body = length > bodyLimit ? null : http.replayableBody(bodyLimit);
            if (body == null) return false;
            digest.add(body, 0, body.length);
        }
        long payload = digest.finish().low();
        KeyedHash where = identity.hash()
                .add(key)
                .add(http.method())
                .add(http.host())
                .add((long) http.port())
                .add(http.path())
                .finish();
        return used.isTaken(Hex.of(where.high(), where.low()), payload);
    }

    private Verdict key(@Nullable String own, Operation operation) {
        String pinned = operation.pinnedKey();
        if (pinned == null) {
            String key = own != null ? own : identity.idempotencyKey(operation);
            operation.pinKey(key);
            return own != null ? Verdict.ALLOW : new Verdict.Mark(HeaderNames.IDEMPOTENCY_KEY, key, false, "key added");
        }
        if (own == null) {
            return new Verdict.Mark(HeaderNames.IDEMPOTENCY_KEY, pinned, false, "key of the first attempt");
        }
        if (own.equals(pinned)) return Verdict.ALLOW;
        return new Verdict.Mark(
                HeaderNames.IDEMPOTENCY_KEY,
                pinned,
                true,
                "the application's key changed between attempts of one operation");
    }

    @Override
    public Verdict judgeResend(Attempt attempt, int resends) {
        if (attempt.facts() instanceof MessageFacts message && !message.repeatsRecognised()) {
            return new Verdict.Flag("the client sent the message again by itself, and the broker may hold it twice");
        }
        HttpFacts http = unsafe(attempt.facts());
        if (http == null) return Verdict.ALLOW;
        if (http.header(HeaderNames.IDEMPOTENCY_KEY) == null) {
            return new Verdict.Deny("the client repeats an unsafe request by itself, without a key", false);
        }
        // A kept-alive connection that the server had closed is the usual, harmless reason: with a key it may go on.
        return new Verdict.Flag("the client repeated an unsafe request by itself, with the same key");
    }

    @Override
    public @Nullable String ended(Attempt attempt, Answer answer, long nowNanos) {
        boolean again = attempt.facts().kind() == CallFacts.Kind.MESSAGE_SEND && attempt.succeededBefore();
        return again && answer == Answer.GOOD
                ? "sent once more after it had been delivered; receivers can tell by the Idempotency-Key"
                : null;
    }

    private static boolean isToolCall(CallFacts facts) {
        return facts instanceof McpFacts mcp
                && mcp.kind() == CallFacts.Kind.MCP_CLIENT
                && mcp.method().equals("tools/call");
    }

    private @Nullable HttpFacts unsafe(CallFacts facts) {
        return facts.kind() == CallFacts.Kind.HTTP_CLIENT
                        && facts instanceof HttpFacts http
                        && methods.contains(http.method())
                ? http
                : null;
    }

    private boolean isSafePath(String path) {
        for (String end : safePaths) {
            if (path.endsWith(end)) return true;
        }
        return false;
    }
}
