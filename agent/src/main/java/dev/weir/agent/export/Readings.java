package dev.weir.agent.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Numbers of the agent's own, which are read when metrics are exported. */
public final class Readings {

    /** Knows the numbers. It is not asked before they are exported. */
    public interface Source {

        /** Tells all of them. */
        void tell(Readings to);
    }

    /** A number that grows from 0. */
    record Total(String name, String unit, String description, LongSupplier value) {}

    /** Numbers that go up and down, one for each value of an attribute. */
    record Gauge(String name, String unit, String description, String attribute, Supplier<Map<String, Long>> values) {}

    private final List<Total> totals = new ArrayList<>();
    private final List<Gauge> gauges = new ArrayList<>();

    /** A number that grows from 0. */
    public void total(String name, String unit, String description, LongSupplier value) {
        totals.add(new Total(name, unit, description, value));
    }

    /** Numbers that go up and down, one for each value of an attribute. */
    public void gauge(
            String name, String unit, String description, String attribute, Supplier<Map<String, Long>> values) {
        gauges.add(new Gauge(name, unit, description, attribute, values));
    }

    List<Total> totals() {
        return totals;
    }

    List<Gauge> gauges() {
        return gauges;
    }
}
