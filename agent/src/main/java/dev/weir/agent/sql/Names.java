package dev.weir.agent.sql;

import java.util.ArrayList;
import java.util.List;

/** The tables of a statement, and what else goes by a table's name in it. */
final class Names {

    private static final int MOST = 64;

    private final List<String> read = new ArrayList<>(4);
    private final List<String> written = new ArrayList<>(2);
    private final List<String> defined = new ArrayList<>(2);
    /** Pairs: an alias, and the table that it stands for. */
    private final List<String> aliases = new ArrayList<>(4);

    void read(String name) {
        if (!contains(defined, name)) add(read, name);
    }

    void written(String name) {
        if (!contains(defined, name)) add(written, name);
    }

    /** A common table expression. */
    void define(String name) {
        add(defined, name);
    }

    void alias(String alias, String name) {
        if (aliases.size() < 2 * MOST) {
            aliases.add(alias);
            aliases.add(name);
        }
    }

    /** What a statement that only explains would have written is read at most. */
    void nothingIsWritten() {
        for (String name : written) add(read, name);
        written.clear();
    }

    List<String> reads() {
        List<String> result = new ArrayList<>(read.size());
        for (String name : read) {
            if (!contains(result, name)) result.add(name);
        }
        return List.copyOf(result);
    }

    List<String> writes() {
        List<String> result = new ArrayList<>(written.size());
        for (String name : written) {
            String table = behind(name);
            if (!contains(result, table)) result.add(table);
        }
        return List.copyOf(result);
    }

    /** {@code DELETE o FROM orders o}: what is written may be named by its alias. */
    private String behind(String name) {
        for (int i = 0; i < aliases.size(); i += 2) {
            if (aliases.get(i).equalsIgnoreCase(name)) return aliases.get(i + 1);
        }
        return name;
    }

    private static void add(List<String> names, String name) {
        if (names.size() < MOST && !contains(names, name)) names.add(name);
    }

    private static boolean contains(List<String> names, String name) {
        for (String each : names) {
            if (each.equalsIgnoreCase(name)) return true;
        }
        return false;
    }
}
