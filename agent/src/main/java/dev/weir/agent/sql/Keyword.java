package dev.weir.agent.sql;

import dev.weir.agent.sql.SqlSummary.Effect;
import org.jspecify.annotations.Nullable;

/** The words that say what a statement does and where its tables stand. */
enum Keyword {
    ABORT(Role.FILLER, Effect.TRANSACTION),
    ALL(Role.FILLER),
    ALTER(Effect.WRITE),
    ANALYZE(Effect.SESSION),
    APPLY,
    AS(Role.FILLER),
    BEGIN(Effect.TRANSACTION),
    CALL,
    COMMIT(Effect.TRANSACTION),
    CONCURRENTLY(Role.FILLER),
    COPY,
    CREATE(Effect.WRITE),
    CROSS(Role.FILLER),
    DATA(Role.FILLER),
    DECLARE,
    DELAYED(Role.FILLER),
    DELETE(Effect.WRITE),
    DESC(Effect.READ),
    DESCRIBE(Effect.READ),
    DISTINCT(Role.FILLER),
    DO,
    DROP(Effect.WRITE),
    DUMPFILE,
    END(Effect.TRANSACTION),
    EXCEPT(Role.ENDS_LIST),
    EXEC,
    EXECUTE,
    EXISTS(Role.FILLER),
    EXPLAIN(Effect.READ),
    FAIL(Role.FILLER),
    FETCH(Role.ENDS_LIST, Effect.READ),
    FOR(Role.ENDS_LIST),
    FROM,
    FUNCTION,
    GRANT(Effect.WRITE),
    GROUP(Role.ENDS_LIST),
    HAVING(Role.ENDS_LIST),
    HIGH_PRIORITY(Role.FILLER),
    IF(Role.FILLER),
    IGNORE(Role.FILLER),
    INDEX,
    INSERT(Effect.WRITE),
    INTERSECT(Role.ENDS_LIST),
    INTO,
    JOIN,
    LATERAL(Role.FILLER),
    LIMIT(Role.ENDS_LIST),
    LOAD(Effect.WRITE),
    LOCK(Effect.SESSION),
    LOW_PRIORITY(Role.FILLER),
    MATERIALIZED(Role.FILLER),
    MERGE(Effect.WRITE),
    MINUS(Role.ENDS_LIST),
    NOT(Role.FILLER),
    OFFSET(Role.ENDS_LIST),
    ON,
    ONLY(Role.FILLER),
    OR(Role.FILLER),
    ORDER(Role.ENDS_LIST),
    OUTFILE,
    OVERWRITE(Role.FILLER),
    PACKAGE,
    PLAN(Effect.SESSION),
    PRAGMA(Effect.SESSION),
    PREPARE,
    PROCEDURE,
    QUALIFY(Role.ENDS_LIST),
    QUICK(Role.FILLER),
    RECURSIVE(Role.FILLER),
    REFRESH(Effect.WRITE),
    RELEASE(Effect.TRANSACTION),
    REPLACE(Role.FILLER, Effect.WRITE),
    RESET(Effect.SESSION),
    RETURNING(Role.ENDS_LIST),
    REVOKE(Effect.WRITE),
    ROLLBACK(Role.FILLER, Effect.TRANSACTION),
    SAVEPOINT(Effect.TRANSACTION),
    SELECT(Effect.READ),
    SET(Role.ENDS_LIST, Effect.SESSION),
    SHOW(Effect.SESSION),
    START(Effect.TRANSACTION),
    STRAIGHT_JOIN,
    TABLE(Effect.READ),
    TABLES,
    TO(Role.FILLER),
    TOP,
    TRIGGER,
    TRUNCATE(Effect.WRITE),
    TYPE,
    UNION(Role.ENDS_LIST),
    UPDATE(Effect.WRITE),
    UPSERT(Effect.WRITE),
    USE(Effect.SESSION),
    USING,
    VALUES(Effect.READ),
    VERBOSE(Effect.SESSION),
    VIEW(Effect.READ),
    WHERE(Role.ENDS_LIST),
    WINDOW(Role.ENDS_LIST),
    WITH;

    /** What a word means to a list of tables. */
    enum Role {
        /** Behind it stands something else. */
        ENDS_LIST,
        /** It may stand between a verb and its table. */
        FILLER,
        /** It says something of its own. */
        OWN
    }

    private static final int LONGEST = 13;
    private static final Keyword[] table = new Keyword[512];

    static {
        for (Keyword keyword : values()) {
            int slot = hash(keyword.name(), 0, keyword.name().length());
            while (table[slot] != null) slot = slot + 1 & table.length - 1;
            table[slot] = keyword;
        }
    }

    private final Role role;
    private final Effect effect;

    Keyword() {
        this(Role.OWN, Effect.UNKNOWN);
    }

    Keyword(Role role) {
        this(role, Effect.UNKNOWN);
    }

    Keyword(Effect effect) {
        this(Role.OWN, effect);
    }

    Keyword(Role role, Effect effect) {
        this.role = role;
        this.effect = effect;
    }

    /** What a statement that begins with it does. */
    Effect effect() {
        return effect;
    }

    Role role() {
        return role;
    }

    /** The keyword that stands in this stretch of the text, in whatever case. */
    static @Nullable Keyword of(String text, int from, int to) {
        if (to - from > LONGEST) return null;
        int slot = hash(text, from, to);
        for (Keyword found = table[slot]; found != null; found = table[slot]) {
            if (found.name().length() == to - from && found.stands(text, from)) return found;
            slot = slot + 1 & table.length - 1;
        }
        return null;
    }

    private boolean stands(String text, int from) {
        String name = name();
        for (int i = 0; i < name.length(); i++) {
            if (upper(text.charAt(from + i)) != name.charAt(i)) return false;
        }
        return true;
    }

    private static int hash(String text, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) hash = hash * 31 + upper(text.charAt(i));
        return (hash ^ hash >>> 9) & table.length - 1;
    }

    /** Of ASCII letters only: what {@code toUpperCase} makes of others depends on the machine's language. */
    private static char upper(char c) {
        return c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
    }
}
