package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.WeakIdentityMap;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What was done to a statement before it is executed: most have their parameters, and little else. */
final class StatementState extends Parameters {

    private static final int MOST = 1 << 16;

    // Lives as long as the class loader of the library that is woven.
    private static final WeakIdentityMap<StatementState> known = new WeakIdentityMap<>(MOST);

    private final String text;
    private @Nullable Rare rare;

    /** What few statements have. */
    private static final class Rare {
        @Nullable
        Batch batch;

        int timeoutSeconds;
    }

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
        return rare == null ? 0 : rare.timeoutSeconds * 1_000L;
    }

    void timeoutSeconds(int seconds) {
        if (seconds > 0 || rare != null) withRare().timeoutSeconds = Math.max(0, seconds);
    }

    void addBatch() {
        openBatch().add(this);
    }

    void addBatch(String sql) {
        openBatch().add(sql);
    }

    private Batch openBatch() {
        Rare known = withRare();
        if (known.batch == null) known.batch = new Batch();
        return known.batch;
    }

    void clearBatch() {
        if (rare != null) rare.batch = null;
    }

    @Nullable
    Batch batch() {
        return rare == null ? null : rare.batch;
    }

    private Rare withRare() {
        if (rare == null) rare = new Rare();
        return rare;
    }
}
