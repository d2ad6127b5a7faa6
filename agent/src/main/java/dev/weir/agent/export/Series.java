package dev.weir.agent.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One metric: a point for each set of attributes, counted from the start of the JVM on. On the exporter's thread. */
final class Series {

    private static final int MOST = 1_000;
    /** Source: OpenTelemetry metrics SDK, "Overflow attribute". */
    static final List<String> OVERFLOW = List.of("otel.metric.overflow", "true");

    /** What was counted under one set of attributes. */
    static final class Point {

        /** Names and values in turn. */
        final List<String> attributes;

        final long[] buckets;
        long count;
        double sum;
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;

        // The record with the highest value since the last export.
        boolean hasExemplar;
        double exemplar;
        long exemplarNanos;
        long traceHigh;
        long traceLow;
        long spanId;

        private Point(List<String> attributes, int buckets) {
            this.attributes = attributes;
            this.buckets = new long[buckets];
        }

        private void add(double value, double[] bounds, SpanRecord from) {
            count++;
            sum += value;
            least = Math.min(least, value);
            most = Math.max(most, value);
            if (buckets.length > 0) {
                int at = Arrays.binarySearch(bounds, value);
                buckets[at < 0 ? -at - 1 : at]++;
            }
            if (!from.isKept() || (hasExemplar && value <= exemplar)) return;
            hasExemplar = true;
            exemplar = value;
            exemplarNanos = from.endNanos;
            traceHigh = from.traceHigh;
            traceLow = from.traceLow;
            spanId = from.spanId;
        }
    }

    final String name;
    final String unit;
    final String description;
    /** Upper bounds, each inside its bucket; none for a plain sum. */
    final double[] bounds;

    private final Map<List<String>, Point> points = new LinkedHashMap<>();

    private Series(String name, String unit, String description, double... bounds) {
        this.name = name;
        this.unit = unit;
        this.description = description;
        this.bounds = bounds;
    }

    static Series sum(String name, String unit, String description) {
        return new Series(name, unit, description);
    }

    static Series histogram(String name, String unit, String description, double... bounds) {
        return new Series(name, unit, description, bounds);
    }

    boolean isHistogram() {
        return bounds.length > 0;
    }

    void add(double value, SpanRecord from, List<String> attributes) {
        Point point = points.get(attributes);
        if (point == null) {
            List<String> key = points.size() < MOST ? attributes : OVERFLOW;
            point = points.computeIfAbsent(key, absent -> new Point(absent, isHistogram() ? bounds.length + 1 : 0));
        }
        point.add(value, bounds, from);
    }

    Collection<Point> points() {
        return points.values();
    }

    /** Names and values in turn; what nobody knows is left out. */
    static List<String> attributes(String... namesAndValues) {
        List<String> known = new ArrayList<>(namesAndValues.length);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1].isEmpty()) continue;
            known.add(namesAndValues[i]);
            known.add(namesAndValues[i + 1]);
        }
        return known;
    }
}
