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
    private final boolean inner;
    private @Nullable Parameters parameters;
    private @Nullable Batch batch;
    private long timeoutMillis;

    private StatementState(String text, boolean inner) {
        this.text = text;
        this.inner = inner;
    }

    static @Nullable StatementState of(Statement statement) {
        return known.get(statement);
    }

    /** What is known of a statement that may be set up without having been prepared. */
    static StatementState kept(Statement statement) {
        StatementState state = known.get(statement);
        if (state == null) {
            state = new StatementState("", false);
            known.put(statement, state);
        }
        return state;
    }

    /**
     * A statement was prepared.
     *
     * @param outermost whether it is the one that the application gets: values are only kept there, a pool hands each
     *     value on to the driver's statement
     */
    static void prepared(Statement statement, String text, boolean outermost) {
        known.put(statement, new StatementState(text, !outermost));
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

    void bind(int index, @Nullable Object value) {
        if (!inner) bound().bind(index, value);
    }

    void bind(@Nullable String name, @Nullable Object value) {
        if (!inner && name != null) bound().bind(name, value);
    }

    private Parameters bound() {
        if (parameters == null) parameters = new Parameters();
        return parameters;
    }

    void clearParameters() {
        if (parameters != null) parameters.clear();
    }

    /** The values that are bound now; {@code null} when there are none. */
    @Nullable
    Object @Nullable [] values() {
        return parameters == null || parameters.isEmpty() ? null : parameters.values();
    }

    void addBatch() {
        if (!inner) openBatch().add(bound().values());
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
