package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/** What an adapter knows of a SQL statement, or of the begin, commit or rollback of a transaction. */
public abstract class SqlFacts extends CallFacts {

    private final String text;

    /**
     * @param text the statement's text, or {@code BEGIN}, {@code COMMIT}, {@code ROLLBACK}
     */
    protected SqlFacts(String instrumentation, String text) {
        super(Kind.SQL, instrumentation);
        this.text = text;
    }

    /** The statement's text as the application gave it. */
    public final String text() {
        return text;
    }

    /** The JDBC URL of the connection; empty when unknown. */
    public abstract String url();

    /** The user of the connection; {@code null} when unknown. */
    public @Nullable String user() {
        return null;
    }

    /** How many sets of parameters go with the text: 1, or the size of the batch. */
    public int batchSize() {
        return 1;
    }

    /** How many values are bound, all sets of a batch together. */
    public int parameterCount() {
        return 0;
    }

    /** A bound value; those of the sets of a batch come one after the other. */
    public @Nullable Object parameter(int index) {
        throw new IndexOutOfBoundsException(index);
    }
}
