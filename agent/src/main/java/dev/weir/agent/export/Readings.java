package dev.weir.agent.export;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Numbers of the agent's own, which are read when metrics are exported. */
final class Readings {

    /** A number that grows from 0. */
    record Total(String name, String unit, String description, LongSupplier value) {}

    /** Numbers that go up and down, one for each value of an attribute. */
    record Gauge(String name, String unit, String description, String attribute, Supplier<Map<String, Long>> values) {}

    private final List<Total> totals = new CopyOnWriteArrayList<>();
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();

    void add(Total total) {
        totals.add(total);
    }

    void add(Gauge gauge) {
        gauges.add(gauge);
    }

    List<Total> totals() {
        return totals;
    }

    List<Gauge> gauges() {
        return gauges;
    }
}
