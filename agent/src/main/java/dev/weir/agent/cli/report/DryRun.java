package dev.weir.agent.cli.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weir.agent.rules.RuleNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Every rule's report over the chains of a receiver. */
final class DryRun {

    private static final String VERDICT = "weir.verdict.";
    private static final String REASON = ".reason";

    private final Map<String, RuleReport> rules = new TreeMap<>();
    private final Set<String> services = new TreeSet<>();
    private int chains;
    private long spans;
    private long worst;
    private @Nullable String worstTrace;
    private long letGo;

    DryRun() {
        for (String rule : RuleNames.ALL) rules.put(rule, new RuleReport(rule));
    }

    /** How many chains the receiver had and has no more. */
    void letGo(long chains) {
        letGo = chains;
    }

    long letGo() {
        return letGo;
    }

    /** @param chain as the receiver's {@code /api/traces/{id}} has it */
    void add(JsonObject chain) {
        chains++;
        String traceId = chain.get("id").getAsString();
        for (JsonElement each : chain.getAsJsonArray("spans")) {
            JsonObject span = each.getAsJsonObject();
            spans++;
            String service = span.get("service").getAsString();
            services.add(service);
            span(traceId, service, span);
        }
        JsonElement amplification = chain.get("amplification");
        if (amplification != null && !amplification.isJsonNull() && amplification.getAsDouble() > worst) {
            worst = (long) amplification.getAsDouble();
            worstTrace = traceId;
        }
    }

    private void span(String traceId, String service, JsonObject span) {
        JsonObject attributes = span.getAsJsonObject("attributes");
        for (String name : attributes.keySet()) {
            if (!name.startsWith(VERDICT) || name.endsWith(REASON)) continue;
            String rule = name.substring(VERDICT.length());
            rules.computeIfAbsent(rule, RuleReport::new)
                    .add(
                            text(attributes, name, ""),
                            traceId,
                            service,
                            call(span, attributes),
                            attributes.has("weir.attempt.layers")
                                    ? layers(text(attributes, "weir.attempt.layers", ""))
                                    : null,
                            text(attributes, name + REASON, ""));
        }
    }

    /** {@code a:2/b:3} → {@code a/b}: which layers, and not which of their tries. */
    private static String layers(String layers) {
        return layers.replaceAll(":[0-9]+", "");
    }

    private static String call(JsonObject span, JsonObject attributes) {
        String name = span.get("name").getAsString();
        String url = text(attributes, "url.full", "");
        if (!url.isEmpty()) return name + " " + (url.contains("?") ? url.substring(0, url.indexOf('?')) : url);
        String file = text(attributes, "file.path", "");
        if (!file.isEmpty()) return name + " " + file;
        String server = text(attributes, "server.address", "");
        return server.isEmpty() ? name : name + " at " + server;
    }

    private static String text(JsonObject attributes, String name, String otherwise) {
        JsonElement value = attributes.get(name);
        return value == null || !value.isJsonPrimitive() ? otherwise : value.getAsString();
    }

    List<RuleReport> rules() {
        return new ArrayList<>(rules.values());
    }

    int chains() {
        return chains;
    }

    long spans() {
        return spans;
    }

    Set<String> services() {
        return services;
    }

    /** The most attempts that one operation of a chain came to. */
    long worst() {
        return worst;
    }

    @Nullable
    String worstTrace() {
        return worstTrace;
    }
}
