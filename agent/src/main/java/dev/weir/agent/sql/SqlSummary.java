package dev.weir.agent.sql;

import java.util.List;

/** What can be told of a statement from its words alone. Made for every text, valid or not, and never fails. */
public final class SqlSummary {

    /** What a statement does to the database. Of several in one text, the later of these counts. */
    public enum Effect {
        /** Changes or shows the session's settings. */
        SESSION,
        /** Begins or ends a transaction, or a part of one. */
        TRANSACTION,
        /** Looks only. */
        READ,
        /** Cannot be told: a procedure, a block, or no SQL. */
        UNKNOWN,
        /** Changes data or tables. */
        WRITE
    }

    /** The longest text whose summary is remembered. Longer ones are lists of values, which do not come again. */
    public static final int LONGEST_REMEMBERED = 8 * 1024;

    private static final SummaryCache standard = new SummaryCache(Dialect.STANDARD);
    private static final SummaryCache mysql = new SummaryCache(Dialect.MYSQL);

    private final String operation;
    private final Effect effect;
    private final List<String> reads;
    private final List<String> writes;
    private final String normalised;
    private final String sanitised;
    private final String canonical;

    SqlSummary(
            String operation,
            Effect effect,
            List<String> reads,
            List<String> writes,
            String normalised,
            String sanitised,
            String canonical) {
        this.operation = operation;
        this.effect = effect;
        this.reads = reads;
        this.writes = writes;
        this.normalised = normalised;
        this.sanitised = sanitised;
        this.canonical = canonical;
    }

    /** The summary of a statement of an unknown database. */
    public static SqlSummary of(String text) {
        return standard.of(text);
    }

    /** The summary of a statement. Recent ones are remembered. */
    public static SqlSummary of(String text, Dialect dialect) {
        return (dialect == Dialect.MYSQL ? mysql : standard).of(text);
    }

    /** The statement's verb in upper case, such as {@code SELECT}; empty when it does not begin with a word. */
    public String operation() {
        return operation;
    }

    /** What it does to the database. */
    public Effect effect() {
        return effect;
    }

    /** The tables that are read, as they are written but without quotes: {@code shop.orders}. */
    public List<String> reads() {
        return reads;
    }

    /** The tables that are written, created, changed or dropped. */
    public List<String> writes() {
        return writes;
    }

    /** The table that matters most: the first that is written, else the first that is read; empty without tables. */
    public String table() {
        if (!writes.isEmpty()) return writes.get(0);
        return reads.isEmpty() ? "" : reads.get(0);
    }

    /** The text without comments and with single spaces. */
    public String normalised() {
        return normalised;
    }

    /** The text without comments and needless spaces: the same for two attempts of one statement. Not to be shown. */
    public String canonical() {
        return canonical;
    }

    /** The normalised text with {@code ?} for every value: it can be shown. */
    public String sanitised() {
        return sanitised;
    }
}
