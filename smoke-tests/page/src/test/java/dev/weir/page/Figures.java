package dev.weir.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured in several rounds, by name. */
final class Figures {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    void add(String name, double value) {
        values.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
    }

    /** Median and spread of each. */
    String table(String heading) {
        StringBuilder table =
                new StringBuilder(String.format("%n| %s | n | median (least–most) |%n|---|---|---|%n", heading));
        values.forEach((name, measured) -> {
            List<Double> sorted = measured.stream().sorted().toList();
            int n = sorted.size();
            double median = (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
            String form = Math.abs(median) < 100 ? "%,.1f" : "%,.0f";
            table.append(String.format(
                    "| %s | %d | " + form + " (" + form + "–" + form + ") |%n",
                    name,
                    n,
                    median,
                    sorted.get(0),
                    sorted.get(n - 1)));
        });
        return table.toString();
    }
}
