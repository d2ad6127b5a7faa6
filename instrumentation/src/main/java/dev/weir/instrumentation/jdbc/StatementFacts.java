package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.SqlFacts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** One execution of a statement. */
class StatementFacts extends SqlFacts {

    private final Statement statement;
    private final @Nullable StatementState state;
    private final ConnectionState connection;
    private @Nullable StatementLimit limit;

    private StatementFacts(
            String text, Statement statement, @Nullable StatementState state, ConnectionState connection) {
        super("jdbc", text);
        this.statement = statement;
        this.state = state;
        this.connection = connection;
    }

    /** A statement is executed with its text. */
    static @Nullable Call begin(Statement statement, @Nullable String text) {
        if (!isFollowed()) return null;
        return begin(text == null ? "" : text, statement, StatementState.of(statement), null);
    }

    /** A prepared statement is executed. */
    static @Nullable Call beginPrepared(Statement statement) {
        if (!isFollowed()) return null;
        StatementState state = StatementState.of(statement);
        return begin(state == null ? "" : state.text(), statement, state, null);
    }

    /** A batch is executed. One that is empty goes nowhere. */
    static @Nullable Call beginBatch(Statement statement) {
        if (!isFollowed()) return null;
        StatementState state = StatementState.of(statement);
        Batch batch = state == null ? null : state.batch();
        if (state == null || batch == null) return null;
        String texts = batch.text();
        return begin(texts == null ? state.text() : texts, statement, state, batch);
    }

    private static boolean isFollowed() {
        return Hooks.follows(Kind.SQL) && !Nesting.isQuiet();
    }

    private static @Nullable Call begin(
            String text, Statement statement, @Nullable StatementState state, @Nullable Batch batch) {
        ConnectionState connection = ConnectionState.of(statement);
        connection.used(true);
        StatementFacts facts = batch == null
                ? new StatementFacts(text, statement, state, connection)
                : new OfBatch(text, statement, state, connection, batch);
        Call call = Hooks.begin(facts);
        if (facts.limit != null && call != null && call.facts() == facts) start(facts.limit, call);
        return call;
    }

    private static void start(StatementLimit limit, Call call) {
        try {
            limit.start();
        } catch (RuntimeException | Error e) {
            Hooks.end(call, 0, e);
            throw e;
        }
    }

    /**
     * The statement was executed, or refused.
     *
     * @return what to throw instead of the outcome
     */
    static @Nullable Throwable end(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
        if (call instanceof Call.Denied denied) return SqlExceptions.refused(denied);
        if (call == null || !(call.facts() instanceof StatementFacts facts)) return null;
        SQLException late = null;
        if (facts.limit != null && facts.limit.returned() && (thrown == null || thrown instanceof SQLException)) {
            late = SqlExceptions.late(facts.limit.millis(), thrown);
            if (thrown == null) facts.discard(result, late);
        }
        Throwable outcome = late == null ? thrown : late;
        Hooks.end(call, outcome == null ? rows(result) : 0, SqlExceptions.state(outcome), outcome);
        return late;
    }

    /**
     * The driver returned all the same, and the application will never see the rows. As long as they are open, SQLite
     * goes on to interrupt whatever its connection does next.
     */
    @SuppressWarnings("try") // Nothing is done with the rows.
    private void discard(@Nullable Object result, SQLException late) {
        try (ResultSet rows = result instanceof ResultSet returned
                ? returned
                : Boolean.TRUE.equals(result) ? statement.getResultSet() : null) {
            // Only to be closed.
        } catch (SQLException | RuntimeException e) {
            late.addSuppressed(e);
        }
    }

    private static int rows(@Nullable Object result) {
        long rows = 0;
        if (result instanceof Integer count) {
            rows = count;
        } else if (result instanceof Long count) {
            rows = count;
        } else if (result instanceof int[] counts) {
            for (int count : counts) rows += Math.max(0, count);
        } else if (result instanceof long[] counts) {
            for (long count : counts) rows += Math.max(0, count);
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, rows));
    }

    @Override
    public String url() {
        return connection.url();
    }

    @Override
    public @Nullable String user() {
        return connection.user();
    }

    /** One that was not prepared has a state without values, if any. */
    @Override
    public int parameterCount() {
        return state == null ? 0 : state.valueCount();
    }

    @Override
    public @Nullable Object parameter(int index) {
        return state == null ? null : state.value(index);
    }

    @Override
    public long callerTimeoutMillis() {
        return state == null ? 0 : state.timeoutMillis();
    }

    @Override
    public boolean limit(long millis) {
        if (!StatementLimit.possibleFor(statement)) return false;
        if (limit == null) limit = new StatementLimit(statement);
        limit.atMost(millis);
        return true;
    }

    /** One execution of all that was added to a statement's batch. */
    private static final class OfBatch extends StatementFacts {

        private final Batch batch;

        OfBatch(
                String text,
                Statement statement,
                @Nullable StatementState state,
                ConnectionState connection,
                Batch batch) {
            super(text, statement, state, connection);
            this.batch = batch;
        }

        @Override
        public int batchSize() {
            return batch.size();
        }

        @Override
        public int parameterCount() {
            return batch.values().length;
        }

        @Override
        public @Nullable Object parameter(int index) {
            return batch.values()[index];
        }
    }
}
