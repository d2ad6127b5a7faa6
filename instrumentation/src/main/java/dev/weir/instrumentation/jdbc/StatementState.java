package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.WeakIdentityMap;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What was done to a statement before it is executed. */
final class StatementState {

    private static final int MOST = 1 << 16;

    // Lives as long as the class loader of the library that is woven.
    private static final WeakIdentityMap<StatementState> known = new WeakIdentityMap<>(MOST);

    private final String text;
    private @Nullable Parameters parameters;
    private @Nullable Batch batch;
    private long timeoutMillis;

    private StatementState(String text) {
        this.text = text;
    }

    static @Nullable StatementState of(Statement statement) {
        return known.get(statement);
    }

    /** What is known of a statement that may be set up without having been prepared. */
    static StatementState kept(Statement statement) {
        StatementState state = known.get(statement);
        if (state == null) {
            state = new StatementState("");
            known.put(statement, state);
        }
        return state;
    }

    /** A statement was prepared, and this is the one that the application gets. */
    static void prepared(Statement statement, String text) {
        known.put(statement, new StatementState(text));
    }

    /** The application looks under a pool's statement: what is known of that holds for the driver's too. */
    static void unwrapped(Statement from, Statement statement) {
        StatementState state = known.get(from);
        if (state != null) known.put(statement, state);
    }

    static void closed(Statement statement) {
        known.remove(statement);
    }

    String text() {
        return text;
    }

    long timeoutMillis() {
        return timeoutMillis;
    }

    void timeoutSeconds(int seconds) {
        timeoutMillis = Math.max(0, seconds) * 1_000L;
    }

    /** Returns whether the value itself could be read. */
    boolean bind(int index, @Nullable Object value) {
        return bound().bind(index, value);
    }

    /** Returns whether the value itself could be read. */
    boolean bind(@Nullable String name, @Nullable Object value) {
        return name == null || bound().bind(name, value);
    }

    private Parameters bound() {
        if (parameters == null) parameters = new Parameters();
        return parameters;
    }

    void clearParameters() {
        if (parameters != null) parameters.clear();
    }

    int valueCount() {
        return parameters == null ? 0 : parameters.count();
    }

    /** A value that is bound now. */
    @Nullable
    Object value(int index) {
        return bound().value(index);
    }

    void addBatch() {
        openBatch().add(bound());
    }

    void addBatch(String sql) {
        openBatch().add(sql);
    }

    private Batch openBatch() {
        if (batch == null) batch = new Batch();
        return batch;
    }

    void clearBatch() {
        batch = null;
    }

    @Nullable
    Batch batch() {
        return batch;
    }
}
