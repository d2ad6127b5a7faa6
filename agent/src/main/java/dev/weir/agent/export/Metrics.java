package dev.weir.agent.export;

import dev.weir.bootstrap.CallFacts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Counts what records tell, and writes it as an OTLP {@code ExportMetricsServiceRequest}. On the exporter's thread.
 *
 * <p>Source: opentelemetry-proto 1.x, {@code metrics/v1/metrics.proto}; the numbers below are its field numbers.
 */
final class Metrics {

    private static final int MOST_GAUGED = 1_000;

    private static final int CUMULATIVE = 2;
    private static final int MOST_DESTINATIONS = 1_000;
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    private final Series attempts =
            Series.sum("weir.attempts", "{attempt}", "Attempts on the wire, the first ones included.");
    private final Series repeats =
            Series.sum("weir.attempts.repeated", "{attempt}", "Attempts on the wire that repeat another.");
    private final Series verdicts = Series.sum("weir.verdicts", "{verdict}", "What rules had to say.");
    private final Series amplification = Series.histogram(
            "weir.amplification",
            "{attempt}",
            "The most attempts that one operation under a root came to.",
            1,
            2,
            3,
            4,
            6,
            9,
            12,
            18,
            27,
            54,
            81);
    private final Series overruns = Series.histogram(
            "weir.deadline.overrun",
            "s",
            "How long after their deadline calls ended that had one and missed it.",
            0.01,
            0.05,
            0.1,
            0.5,
            1,
            5,
            10,
            60);
    private final Series durations = Series.histogram(
            "gen_ai.client.operation.duration",
            "s",
            "How long model calls took.",
            0.01,
            0.02,
            0.04,
            0.08,
            0.16,
            0.32,
            0.64,
            1.28,
            2.56,
            5.12,
            10.24,
            20.48,
            40.96,
            81.92);
    private final Series tokens = Series.histogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens that model calls read and wrote.",
            1,
            4,
            16,
            64,
            256,
            1_024,
            4_096,
            16_384,
            65_536,
            262_144,
            1_048_576,
            4_194_304,
            16_777_216,
            67_108_864);
    private final Map<CallFacts.Kind, Map<String, List<String>>> ofCalls = new EnumMap<>(CallFacts.Kind.class);
    private final List<Series> all = List.of(attempts, repeats, verdicts, amplification, overruns, durations, tokens);

    private final EpochClock clock;
    private final Map<String, Object> resource;
    private final String version;
    private final long startEpochNanos;
    private final ProtobufWriter out = new ProtobufWriter(16 * 1024);

    Metrics(EpochClock clock, Map<String, Object> resource, String version) {
        this.clock = clock;
        this.resource = resource;
        this.version = version;
        this.startEpochNanos = clock.epochNanos(System.nanoTime());
    }

    // ---- counting

    void add(SpanRecord record) {
        CallFacts.Kind kind = record.kind;
        String code = record.rare().code;
        boolean refused = record.error && code != null && code.startsWith("weir.");
        if (!kind.scope() && kind != CallFacts.Kind.FILE && !refused) wire(record);
        for (SpanRecord.Verdict verdict : record.verdicts()) {
            verdicts.add(1, record, Series.attributes("weir.rule", verdict.rule(), "weir.verdict", verdict.outcome()));
        }
        SpanRecord.Rare rare = record.rare();
        SpanRecord.Totals totals = rare.totals;
        if (totals != null && totals.amplification() > 0) amplification.add(totals.amplification(), record, List.of());
        if (rare.overrunMillis > 0) {
            overruns.add(rare.overrunMillis / MILLIS, record, Series.attributes("weir.call", word(kind)));
        }
        if (kind == CallFacts.Kind.MODEL && rare.genAi != null) model(record, rare.genAi);
    }

    private void wire(SpanRecord record) {
        List<String> attributes = ofCall(record);
        int resends = record.rare().resends;
        int wire = 1 + resends;
        attempts.add(wire, record, attributes);
        int again = (record.attempt > 1 ? 1 : 0) + resends;
        if (again > 0) repeats.add(again, record, attributes);
    }

    /** Made once for each destination: this is done for every record. */
    private List<String> ofCall(SpanRecord record) {
        boolean named = record.kind == CallFacts.Kind.SQL || record.kind == CallFacts.Kind.HTTP_CLIENT;
        String peer = record.rare().peer;
        String target = named ? record.target : peer == null ? "" : peer;
        Map<String, List<String>> known = ofCalls.computeIfAbsent(record.kind, kind -> new HashMap<>());
        List<String> attributes = known.get(target);
        if (attributes != null) return attributes;
        String server = record.kind == CallFacts.Kind.SQL ? JdbcUrl.of(target).host() : target;
        attributes = Series.attributes("weir.call", word(record.kind), "server.address", server);
        if (known.size() < MOST_DESTINATIONS) known.put(target, attributes);
        return attributes;
    }

    private void model(SpanRecord record, GenAiRecord ai) {
        String provider = ai.provider == null ? "" : ai.provider;
        String answered = ai.responseModel == null ? "" : ai.responseModel;
        String thrown = record.error ? record.rare().thrown : null;
        durations.add(
                (record.endNanos - record.startNanos) / NANOS,
                record,
                Series.attributes(
                        Attributes.GEN_AI_OPERATION,
                        ai.operation,
                        Attributes.GEN_AI_PROVIDER,
                        provider,
                        Attributes.GEN_AI_MODEL,
                        record.target,
                        Attributes.GEN_AI_RESPONSE_MODEL,
                        answered,
                        Attributes.ERROR_TYPE,
                        thrown == null ? "" : thrown));
        if (ai.inputTokens >= 0) tokens(record, ai, "input", ai.inputTokens, provider, answered);
        if (ai.outputTokens >= 0) tokens(record, ai, "output", ai.outputTokens, provider, answered);
    }

    private void tokens(SpanRecord record, GenAiRecord ai, String type, long count, String provider, String answered) {
        tokens.add(
                count,
                record,
                Series.attributes(
                        Attributes.GEN_AI_OPERATION,
                        ai.operation,
                        Attributes.GEN_AI_PROVIDER,
                        provider,
                        "gen_ai.token.type",
                        type,
                        Attributes.GEN_AI_MODEL,
                        record.target,
                        Attributes.GEN_AI_RESPONSE_MODEL,
                        answered));
    }

    private static String word(CallFacts.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    // ---- writing

    /** Everything that was counted until now. The writer's array is valid until the next call. */
    ProtobufWriter encode(Readings readings) {
        out.clear();
        int resourceMetrics = out.beginLong(1);
        OtlpEncoder.resource(out, resource);
        int scopeMetrics = out.beginLong(2);
        int scope = out.begin(1);
        out.string(1, "dev.weir");
        out.string(2, version);
        out.end(scope);
        long now = clock.epochNanos(System.nanoTime());
        for (Series series : all) {
            if (!series.points().isEmpty()) series(series, now);
        }
        for (Readings.Total total : readings.totals()) total(total, now);
        for (Readings.Gauge gauge : readings.gauges()) gauge(gauge, now);
        out.endLong(scopeMetrics);
        out.endLong(resourceMetrics);
        return out;
    }

    private int begin(String name, String description, String unit) {
        int metric = out.beginLong(2);
        out.string(1, name);
        out.string(2, description);
        out.string(3, unit);
        return metric;
    }

    private void series(Series series, long now) {
        int metric = begin(series.name, series.description, series.unit);
        int data = out.beginLong(series.isHistogram() ? 9 : 7);
        for (Series.Point point : series.points()) {
            int written = out.beginLong(1);
            if (series.isHistogram()) histogramPoint(point, series.bounds, now);
            else sumPoint(point, now);
            out.endLong(written);
            point.hasExemplar = false;
        }
        out.varint(2, CUMULATIVE);
        if (!series.isHistogram()) out.varint(3, 1); // Monotonic.
        out.endLong(data);
        out.endLong(metric);
    }

    private void sumPoint(Series.Point point, long now) {
        out.fixed64(2, startEpochNanos);
        out.fixed64(3, now);
        out.fixed64(6, (long) point.sum);
        if (point.hasExemplar) exemplar(5, point);
        attributes(7, point.attributes);
    }

    private void histogramPoint(Series.Point point, double[] bounds, long now) {
        out.fixed64(2, startEpochNanos);
        out.fixed64(3, now);
        out.fixed64(4, point.count);
        out.decimal(5, point.sum);
        for (long bucket : point.buckets) out.fixed64(6, bucket);
        for (double bound : bounds) out.decimal(7, bound);
        if (point.hasExemplar) exemplar(8, point);
        attributes(9, point.attributes);
        out.decimal(11, point.least);
        out.decimal(12, point.most);
    }

    private void exemplar(int field, Series.Point point) {
        int exemplar = out.begin(field);
        out.fixed64(2, clock.epochNanos(point.exemplarNanos));
        out.decimal(3, point.exemplar);
        out.id(4, point.spanId);
        out.id(5, point.traceHigh, point.traceLow);
        out.end(exemplar);
    }

    private void attributes(int field, List<String> namesAndValues) {
        AttributeWriter writer = new AttributeWriter(out, field);
        for (int i = 0; i < namesAndValues.size(); i += 2)
            writer.text(namesAndValues.get(i), namesAndValues.get(i + 1));
    }

    private void total(Readings.Total total, long now) {
        int metric = begin(total.name(), total.description(), total.unit());
        int data = out.beginLong(7);
        int point = out.begin(1);
        out.fixed64(2, startEpochNanos);
        out.fixed64(3, now);
        out.fixed64(6, total.value().getAsLong());
        out.end(point);
        out.varint(2, CUMULATIVE);
        out.varint(3, 1);
        out.endLong(data);
        out.endLong(metric);
    }

    /** The highest values come first: they are what is named when there is no room for all. */
    private void gauge(Readings.Gauge gauge, long now) {
        List<Map.Entry<String, Long>> values =
                new ArrayList<>(gauge.values().get().entrySet());
        if (values.isEmpty()) return;
        values.sort(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()));
        int metric = begin(gauge.name(), gauge.description(), gauge.unit());
        int data = out.beginLong(5);
        for (Map.Entry<String, Long> each : values.subList(0, Math.min(values.size(), MOST_GAUGED))) {
            gaugePoint(each.getValue(), List.of(gauge.attribute(), each.getKey()), now);
        }
        if (values.size() > MOST_GAUGED) gaugePoint(values.get(MOST_GAUGED).getValue(), Series.OVERFLOW, now);
        out.endLong(data);
        out.endLong(metric);
    }

    private void gaugePoint(long value, List<String> attributes, long now) {
        int point = out.beginLong(1);
        out.fixed64(3, now);
        out.fixed64(6, value);
        attributes(7, attributes);
        out.endLong(point);
    }
}
