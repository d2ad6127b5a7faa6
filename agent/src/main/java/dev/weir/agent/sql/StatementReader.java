package dev.weir.agent.sql;

import dev.weir.agent.sql.Lexer.Token;
import dev.weir.agent.sql.SqlSummary.Effect;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a statement once from left to right and notes its verb and its tables. */
final class StatementReader {

    private static final int LONGEST_OPERATION = 24;
    // Deeper down, names are no longer looked for; real statements stay far above.
    private static final int DEEPEST = 200;

    /** What a name at this place would be. */
    private static final int NOTHING = 0;

    private static final int READ = 1;
    private static final int WRITE = 2;
    /** {@code COPY t}: what follows says which. */
    private static final int EITHER = 3;
    /** A common table expression's name. */
    private static final int DEFINITION = 4;

    private final String text;
    private final TokenCursor tokens;
    private final Names names = new Names();

    private String operation = "";
    private int operationDepth;
    private boolean operationKnown;
    private @Nullable Effect effect;
    private boolean explains;
    private boolean analyses;

    // One entry for each open parenthesis: the statement in it, what a name is, what a name after a comma is.
    private @Nullable Keyword[] verbs = new Keyword[8];
    private int[] expected = new int[8];
    private int[] inLists = new int[8];
    /** Whether a statement may begin here. */
    private boolean[] fresh = new boolean[8];

    private int depth;
    private int skippedDepth;

    /** Whether the token is the first of a statement. */
    private boolean starts;

    private StatementReader(String text, Dialect dialect, boolean backslashes) {
        this.text = text;
        this.tokens = new TokenCursor(text, dialect, backslashes);
    }

    static SqlSummary read(String text, Dialect dialect) {
        StatementReader reader = new StatementReader(text, dialect, false);
        SqlSummary summary = reader.read();
        Lexer lexer = reader.tokens.lexer;
        boolean escapes = lexer.escapes() || lexer.unterminated() && lexer.doubtful();
        if (!escapes || dialect == Dialect.MYSQL) return summary;
        // Written for a database in which a backslash escapes a quote, it seems.
        StatementReader again = new StatementReader(text, dialect, true);
        SqlSummary other = again.read();
        return again.tokens.lexer.unterminated() && !lexer.unterminated() ? summary : other;
    }

    private SqlSummary read() {
        fresh[0] = true;
        while (tokens.advance()) {
            if (skippedDepth > 0) {
                skipped();
            } else if (tokens.token == Token.SYMBOL) {
                symbol(tokens.firstCharacter());
            } else {
                starts = fresh[depth];
                // {? = call f(?)}
                fresh[depth] = starts && tokens.token == Token.PARAMETER;
                if (tokens.keyword != null && !isName()) word(tokens.keyword);
                else if (tokens.isNamed()) name();
                else expected[depth] = NOTHING;
            }
        }
        endStatement();
        return new SqlSummary(
                operation,
                effect == null ? Effect.UNKNOWN : effect,
                names.reads(),
                names.writes(),
                tokens.normalised(),
                tokens.sanitised(),
                tokens.canonical());
    }

    // ---- punctuation

    private void skipped() {
        if (tokens.isSymbol('(')) skippedDepth++;
        else if (tokens.isSymbol(')')) skippedDepth--;
    }

    private void symbol(char c) {
        switch (c) {
            case '(' -> open();
            case ')' -> {
                if (depth > 0) close();
            }
            case ',' -> expected[depth] = inLists[depth];
            case ';' -> {
                if (depth == 0) endStatement();
            }
            case '{' -> escape();
            case '=' -> {
                // {? = call f(?)}
            }
            default -> expected[depth] = NOTHING;
        }
    }

    /** JDBC's escapes: {@code {call f(?)}}, and, in place of a table, {@code {oj a LEFT OUTER JOIN b ON …}}. */
    private void escape() {
        if (expected[depth] != NOTHING) tokens.heldBack = tokens.advance() && !tokens.isWord("oj");
    }

    private void open() {
        if (depth + 1 == DEEPEST) {
            skippedDepth = 1;
            return;
        }
        int outer = expected[depth];
        expected[depth] = NOTHING;
        depth++;
        if (depth == verbs.length) {
            verbs = Arrays.copyOf(verbs, depth * 2);
            expected = Arrays.copyOf(expected, depth * 2);
            inLists = Arrays.copyOf(inLists, depth * 2);
            fresh = Arrays.copyOf(fresh, depth * 2);
        }
        verbs[depth] = null;
        fresh[depth] = true;
        // FROM (a JOIN b ON …)
        expected[depth] = outer == READ ? READ : NOTHING;
        inLists[depth] = outer == READ ? READ : NOTHING;
    }

    private void close() {
        boolean statement = verbs[depth] != null;
        depth--;
        // Behind (SELECT …) there is UNION or ORDER BY; behind a definition or EXPLAIN (ANALYZE) the statement itself.
        if (statement && inLists[depth] != DEFINITION && !explains) fresh[depth] = false;
        tokens.keyword = null;
    }

    private void endStatement() {
        if (explains) {
            if (!analyses) names.nothingIsWritten();
            explains = false;
            analyses = false;
        }
        operationKnown |= !operation.isEmpty();
        depth = 0;
        fresh[0] = true;
        verbs[0] = null;
        expected[0] = NOTHING;
        inLists[0] = NOTHING;
        tokens.keyword = null;
    }

    // ---- names

    /** Whether a keyword stands where only a name can: words that are not reserved name tables too. */
    private boolean isName() {
        if (tokens.keyword == null || expected[depth] == NOTHING) return false;
        if (expected[depth] == DEFINITION)
            return tokens.keyword != Keyword.RECURSIVE && tokens.keyword != Keyword.SELECT;
        return switch (tokens.keyword) {
            case ABORT,
                    CALL,
                    COPY,
                    DATA,
                    DO,
                    FUNCTION,
                    PACKAGE,
                    PLAN,
                    PREPARE,
                    PROCEDURE,
                    RELEASE,
                    RESET,
                    SHOW,
                    START,
                    TYPE -> tokens.before != Keyword.OR;
            default -> false;
        };
    }

    private void name() {
        int role = expected[depth];
        if (role == NOTHING) {
            if (starts && depth == 0 && !explains) begin(null);
            return;
        }
        expected[depth] = NOTHING;
        String name = tokens.qualified();
        boolean called = tokens.isSymbol('(') && tokens.token != Token.END;
        switch (role) {
            case READ -> {
                if (!called) {
                    names.read(name);
                    alias(name);
                }
            }
            case WRITE -> {
                if (verbs[depth] == Keyword.SELECT) effect(Effect.WRITE);
                names.written(name);
                alias(name);
            }
            case EITHER -> copied(name);
            default -> definition(name);
        }
    }

    /** The token behind a table's name is held back; when it is another name, that is its alias. */
    private void alias(String name) {
        if (tokens.token == Token.END) return;
        if (tokens.keyword == Keyword.AS) {
            tokens.heldBack = false;
            if (!tokens.advance()) return;
            tokens.heldBack = true;
            // CREATE TABLE t AS SELECT …
            if (tokens.keyword != null || tokens.isSymbol('(')) return;
        }
        if (tokens.keyword == null && tokens.isNamed()) {
            tokens.heldBack = false;
            names.alias(tokens.unquoted(), name);
        }
    }

    /** {@code COPY t (…) FROM …} writes, {@code COPY t (…) TO …} reads. */
    private void copied(String name) {
        tokens.heldBack = false;
        int parentheses = 0;
        boolean more = tokens.token != Token.END;
        while (more) {
            if (tokens.isSymbol('(')) parentheses++;
            else if (tokens.isSymbol(')')) parentheses--;
            else if (parentheses == 0 && (tokens.keyword == Keyword.FROM || tokens.keyword == Keyword.TO)) break;
            more = tokens.advance();
        }
        if (more && tokens.keyword == Keyword.FROM) {
            names.written(name);
            effect(Effect.WRITE);
        } else {
            names.read(name);
            effect(Effect.READ);
        }
    }

    /** {@code WITH name (columns) AS (…)}; anything else that begins with WITH is none. */
    private void definition(String name) {
        tokens.heldBack = false;
        if (tokens.isSymbol('(')) {
            while (!tokens.isSymbol(')') && tokens.token != Token.END) tokens.advance();
            tokens.advance();
        }
        if (tokens.keyword != Keyword.AS) {
            tokens.heldBack = tokens.token != Token.END;
            inLists[depth] = NOTHING;
            return;
        }
        names.define(name);
        inLists[depth] = DEFINITION;
        // Behind the definitions.
        fresh[depth] = verbs[depth] == null;
    }

    // ---- words

    private void word(Keyword word) {
        Keyword verb = verbs[depth];
        switch (word) {
            case SELECT -> {
                if (verb != Keyword.GRANT && verb != Keyword.TRIGGER) {
                    begin(word);
                    verbs[depth] = word;
                    expect(NOTHING, NOTHING);
                }
            }
            case FROM -> from(verb);
            case JOIN, STRAIGHT_JOIN, APPLY -> {
                // Only where there is a FROM: elsewhere it is a column's or function's name.
                if (verb == Keyword.SELECT
                        || verb == Keyword.UPDATE
                        || verb == Keyword.DELETE
                        || inLists[depth] == READ) {
                    expect(READ, READ);
                }
            }
            case INTO -> {
                if (verb == Keyword.INSERT || verb == Keyword.MERGE || verb == Keyword.LOAD) {

                    expected[depth] = WRITE;
                } else if (verb == Keyword.SELECT && depth == 0) {
                    expect(WRITE, NOTHING);
                }
            }
            case OUTFILE, DUMPFILE -> expected[depth] = NOTHING;
            case USING -> {
                if (verb == Keyword.DELETE || verb == Keyword.MERGE)
                    expect(READ, verb == Keyword.MERGE ? NOTHING : READ);
            }
            case ON -> {
                if (verb == Keyword.INDEX) expect(WRITE, NOTHING);
            }
            case TABLE, TABLES, VIEW -> table(verb, word);
            case INDEX, TRIGGER -> {
                if (verb == Keyword.CREATE || verb == Keyword.DROP) {
                    // Both name their table behind ON; a trigger goes on with statements of its own.
                    verbs[depth] = Keyword.INDEX;
                    if (word == Keyword.TRIGGER) trigger();
                }
            }
            case FUNCTION, PROCEDURE, PACKAGE, TYPE -> {
                if (verb == Keyword.CREATE || verb == Keyword.ALTER) verbs[depth] = Keyword.GRANT;
            }
            case WITH -> {
                if (starts || verb == Keyword.INSERT || verb == Keyword.TABLE) expected[depth] = DEFINITION;
            }
            case VALUES -> {
                if (starts && depth == 0) begin(word);
                expect(NOTHING, NOTHING);
            }
            case TOP -> top();
            default -> {
                if (word.role() == Keyword.Role.ENDS_LIST) expect(NOTHING, NOTHING);
                // INSERT OR REPLACE INTO goes on to expect its table.
                if (starts || word.role() == Keyword.Role.OWN) verb(word);
            }
        }
    }

    private void expect(int name, int afterComma) {
        expected[depth] = name;
        inLists[depth] = afterComma;
    }

    private void from(@Nullable Keyword verb) {
        // IS DISTINCT FROM compares; EXTRACT(… FROM …) has no verb.
        if (tokens.before == Keyword.DISTINCT) return;
        if (verb == Keyword.SELECT || verb == Keyword.UPDATE) {
            expect(READ, READ);
        } else if (verb == Keyword.DELETE) {
            // DELETE FROM t, and DELETE t FROM t JOIN u.
            boolean named = tokens.before != Keyword.DELETE && expected[depth] != WRITE;
            expect(named ? READ : WRITE, named ? READ : WRITE);
        }
    }

    private void table(@Nullable Keyword verb, Keyword word) {
        if (starts) {
            begin(word);
            verbs[depth] = Keyword.SELECT;
            expect(READ, NOTHING);
        } else if (verb == Keyword.CREATE || verb == Keyword.ALTER) {
            // Behind the name there are columns, or AS SELECT.
            expect(WRITE, NOTHING);
            verbs[depth] = Keyword.TABLE;
        } else if (verb == Keyword.DROP || verb == Keyword.TRUNCATE || verb == Keyword.REFRESH) {
            expect(WRITE, WRITE);
        } else if (verb == Keyword.LOCK) {
            expect(READ, READ);
        }
    }

    private void trigger() {
        boolean more = tokens.advance();
        while (more && tokens.keyword != Keyword.ON && !tokens.isSymbol(';')) more = tokens.advance();
        tokens.heldBack = more && tokens.keyword != Keyword.ON;
        if (more && tokens.keyword == Keyword.ON && tokens.advance() && tokens.isNamed()) {
            names.written(tokens.qualified());
        }
        verbs[depth] = Keyword.TRIGGER;
        expect(NOTHING, NOTHING);
    }

    /** {@code DELETE TOP (10) FROM t}. */
    private void top() {
        int expecting = expected[depth];
        if (expecting == NOTHING) return;
        boolean more = tokens.advance();
        if (more && tokens.isSymbol('(')) {
            while (more && !tokens.isSymbol(')')) more = tokens.advance();
        }
        tokens.keyword = Keyword.DELETE;
        expected[depth] = expecting;
    }

    private void verb(Keyword word) {
        boolean block = verbs[depth] == Keyword.BEGIN && tokens.before == Keyword.BEGIN;
        if (!starts && !block || depth > 0 && !beginsInParentheses(word) || isCalled(word)) return;
        begin(word);
        verbs[depth] = word;
        switch (word) {
            case INSERT, REPLACE, UPSERT -> {
                verbs[depth] = Keyword.INSERT;
                expect(WRITE, NOTHING);
            }
            case UPDATE -> expect(WRITE, READ);
            case DELETE, TRUNCATE -> expect(WRITE, WRITE);
            case MERGE -> expect(WRITE, NOTHING);
            case COPY -> expect(EITHER, NOTHING);
            case EXPLAIN -> {
                explains = true;
                verbs[depth] = null;
                fresh[depth] = true;
            }
            case ANALYZE, VERBOSE, PLAN -> {
                if (explains) {
                    analyses |= word == Keyword.ANALYZE;
                    verbs[depth] = null;
                    fresh[depth] = true;
                }
            }
            case REVOKE -> verbs[depth] = Keyword.GRANT;
            default -> expect(NOTHING, NOTHING);
        }
    }

    private boolean beginsInParentheses(Keyword word) {
        return switch (word) {
            case INSERT, UPDATE, DELETE, MERGE -> true;
            case ANALYZE, VERBOSE -> explains;
            default -> false;
        };
    }

    /** Some verbs are names of functions too. */
    private boolean isCalled(Keyword word) {
        boolean function = word == Keyword.REPLACE || word == Keyword.INSERT || word == Keyword.TRUNCATE;
        return function && tokens.lexer.standsBefore('(');
    }

    /** A statement begins, or a part of one that says more of what it does. */
    private void begin(@Nullable Keyword word) {
        // The verb of a statement with common table expressions stands behind them, outside their parentheses.
        if (operation.isEmpty() || !operationKnown && depth < operationDepth) {
            int end = Math.min(tokens.lexer.end, tokens.lexer.start + LONGEST_OPERATION);
            operation = text.substring(tokens.lexer.start, end).toUpperCase(Locale.ROOT);
            operationDepth = depth;
        }
        // Whatever an unknown word begins, names in it mean nothing until a SELECT.
        if (word == null) verbs[depth] = Keyword.DO;
        // COPY says later which way.
        if (word == Keyword.COPY) return;
        if (explains && !analyses) effect(Effect.READ);
        else effect(word == null ? Effect.UNKNOWN : word.effect());
    }

    /** Of several, the one that matters most. */
    private void effect(Effect another) {
        if (effect == null || another.compareTo(effect) > 0) effect = another;
    }
}
