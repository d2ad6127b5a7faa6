package dev.weir.incidents.harness;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was measured, one row for each incident and JDK, one column for each mode. */
public final class Table {

    private final Map<String, Map<Mode, String>> rows = new LinkedHashMap<>();

    /** Adds an empty row below the others. */
    public synchronized void add(String row) {
        rows.put(row, new EnumMap<>(Mode.class));
    }

    /** Fills a cell of a row that was added. */
    public synchronized void put(String row, Mode mode, String cell) {
        rows.get(row).put(mode, cell);
    }

    /** The table as Markdown. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder("| incident | without Weir | observe | enforce |\n|---|---|---|---|\n");
        rows.forEach((row, cells) -> {
            text.append("| ").append(row);
            for (Mode mode : Mode.values()) text.append(" | ").append(cells.getOrDefault(mode, "–"));
            text.append(" |\n");
        });
        return text.toString();
    }
}
