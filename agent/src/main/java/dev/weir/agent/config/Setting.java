package dev.weir.agent.config;

import java.util.ArrayList;
import java.util.List;

/** Every setting there is, besides {@code weir.rule.<rule>} and {@code weir.instrumentation.<name>}. */
public enum Setting {
    /** {@code false}: nothing is woven. */
    ENABLED("weir.enabled", "true"),
    /** The mode of every rule that has none of its own: off, observe, enforce. */
    MODE("weir.mode", "observe"),
    /** What goes to stderr: quiet, info, debug. */
    LOG("weir.log", "info"),
    /** The settings file; {@code weir.properties} in the working directory when it exists. */
    CONFIG("weir.config", ""),
    /** Seconds between looks at the settings file; 0 for never. */
    CONFIG_RELOAD("weir.config.reload", "5", 0, 86_400),

    /** Peers whose weir.* baggage, weir-* headers and deadlines are believed. */
    INBOUND_TRUST("weir.inbound.trust", "loopback,private"),
    /** Hosts that our own headers and baggage may be sent to. */
    OUTBOUND_INTERNAL("weir.outbound.internal", "loopback,private,single-label,.local,.internal,.svc,.cluster.local"),
    /** Hosts that get no header of ours at all. */
    OUTBOUND_EXCLUDE("weir.outbound.exclude", "none"),
    /** The longest deadline that is believed, in milliseconds. */
    DEADLINE_MOST("weir.deadline.most-ms", "86400000", 1, 31_536_000_000L),

    /** What operation ids and keys are derived with; give all processes of a fleet the same. */
    IDENTITY_SECRET("weir.identity.secret", "weir"),
    /** The longest request body that is part of an operation's identity, in bytes. */
    IDENTITY_BODY("weir.identity.body-bytes", "65536", 0, 16_777_216),
    /** Seconds after its last attempt in which an unsettled operation can get another one. */
    IDENTITY_RETRY_WINDOW("weir.identity.retry-window", "60", 1, 86_400),
    /** How many operations are remembered under one root. */
    OPERATIONS("weir.limits.operations-per-root", "4096", 16, 1_000_000),
    /** How many roots are remembered that are known outside. */
    ROOTS("weir.limits.roots", "10000", 16, 10_000_000),
    /** How many destinations are remembered. */
    DESTINATIONS("weir.limits.destinations", "10000", 16, 1_000_000),

    /** Methods that get an idempotency key. */
    KEY_METHODS("weir.rule.idempotency-key.methods", "POST,PATCH"),
    /** Hosts known to answer a repeated key with their first answer. */
    KEY_HONOURED_BY(
            "weir.rule.idempotency-key.honoured-by",
            "api.stripe.com,api.mollie.com,api.gocardless.com,api.increase.com"),
    /** Ends of paths that may be repeated although their method is unsafe: what models are asked through. */
    KEY_SAFE_PATHS(
            "weir.rule.idempotency-key.safe-paths",
            "/chat/completions,/completions,/responses,/messages,/embeddings,:generateContent,"
                    + ":streamGenerateContent,/converse,/invoke,/api/chat,/api/generate"),
    /** Failures in a row that open the circuit to a destination. */
    BREAKER_FAILURES("weir.rule.circuit-breaker.failures", "3", 1, 1_000_000),
    /** Calls that a destination must have had before its circuit can open. */
    BREAKER_MINIMUM("weir.rule.circuit-breaker.minimum-calls", "0", 0, 1_000_000),
    /** Milliseconds that a circuit stays open before a probe. */
    BREAKER_OPEN("weir.rule.circuit-breaker.open-ms", "30000", 1, 86_400_000),
    /** How many calls may be in flight to a destination that asks for fewer: aimd, gradient, off. */
    RATE_CONCURRENCY("weir.rule.rate-limit.concurrency", "gradient"),
    /** The longest that a call is made to wait, in milliseconds. */
    RATE_MOST_WAIT("weir.rule.rate-limit.most-wait-ms", "60000", 0, 86_400_000),
    /** Attempts that one operation gets, the first included. */
    RETRY_ATTEMPTS("weir.rule.retry-budget.attempts", "4", 1, 1_000),
    /** Retries to a destination that one first attempt earns. */
    RETRY_RATIO("weir.rule.retry-budget.ratio", "0.2", 0, 100),
    /** Retries to a destination that flow in each second. */
    RETRY_PER_SECOND("weir.rule.retry-budget.per-second", "1", 0, 1_000_000),
    /** Retries to a destination that can be saved up. */
    RETRY_MOST("weir.rule.retry-budget.burst", "20", 1, 1_000_000),

    /** Paths that are followed, as globs; empty for all. */
    FILES_INCLUDE("weir.files.include", ""),
    /** Paths that are not followed, as globs. */
    FILES_EXCLUDE("weir.files.exclude", ""),
    /** Whether files are followed that nothing inbound made us touch. */
    FILES_OUTSIDE_RUNS("weir.files.outside-runs", "false"),

    /** Methods that are tool calls, as {@code Class#method}, comma-separated. */
    SCOPE_TOOL("weir.scope.tool", ""),
    /** Methods that are agent runs. */
    SCOPE_RUN("weir.scope.run", ""),
    /** Methods that one layer of retries calls for each attempt. */
    SCOPE_RETRY("weir.scope.retry", ""),

    /** Whether spans hold what people, models and tools said: on, off. */
    CONTENT("weir.content", "off"),
    /** What is taken out of it, as a regular expression; empty for nothing. */
    CONTENT_REDACT(
            "weir.content.redact",
            "(?i:bearer|basic) [\\w.~+/=-]{8,}|\\b(?:sk|pk|rk)[-_][\\w-]{16,}|\\bAKIA[0-9A-Z]{16}\\b"
                    + "|\\beyJ[\\w-]{8,}\\.[\\w-]+\\.[\\w-]*|\\b(?:\\d[ -]?){13,19}\\b"),

    /** Whether Weir writes into the spans that others make of the same calls: auto, always, never. */
    SHARE_SPANS("weir.share-spans", "auto"),
    /** How many records wait for export at most. */
    EXPORT_QUEUE("weir.export.queue", "131072", 1_024, 4_194_304),
    /** Milliseconds that the JVM's shutdown waits for the last records. */
    EXPORT_SHUTDOWN("weir.export.shutdown-ms", "2000", 0, 60_000);

    private final String key;
    private final String defaultValue;
    private final long least;
    private final long most;

    Setting(String key, String defaultValue) {
        this(key, defaultValue, 0, 0);
    }

    Setting(String key, String defaultValue, long least, long most) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.least = least;
        this.most = most;
    }

    /** The options of a rule, besides its mode. */
    public static List<Setting> of(String rule) {
        List<Setting> options = new ArrayList<>();
        for (Setting setting : values()) {
            boolean named =
                    setting.key.startsWith("weir.rule." + rule + ".") || setting.key.startsWith("weir." + rule + ".");
            if (named) options.add(setting);
        }
        return options;
    }

    /** The name as a system property. */
    public String key() {
        return key;
    }

    /** What holds when nobody says anything. */
    public String defaultValue() {
        return defaultValue;
    }

    /** The smallest number that will do. */
    public long least() {
        return least;
    }

    /** The largest number that will do. */
    public long most() {
        return most;
    }
}
