package dev.weir.agent.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlSummaryTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            SELECT * FROM a, b c JOIN d ON x = 1, e WHERE f IN (SELECT g FROM h)  | SELECT  | READ        | a b d e h | ~~
            select 1                                                            | SELECT  | READ        | ~~        | ~~
            (SELECT 1 FROM a) UNION ALL (SELECT 2 FROM b) ORDER BY 1            | SELECT  | READ        | a b       | ~~
            SELECT * FROM f(1, 2) g, LATERAL (SELECT * FROM q) z                | SELECT  | READ        | q         | ~~
            SELECT extract(year FROM o.ts), trim(both 'x' FROM y) FROM o        | SELECT  | READ        | o         | ~~
            SELECT a IS DISTINCT FROM b FROM t FOR UPDATE OF t                  | SELECT  | READ        | t         | ~~
            SELECT REPLACE(a, 'x', 'y') FROM t WHERE (NOT EXISTS (SELECT 1 FROM u)) | SELECT | READ    | t u       | ~~
            SELECT CASE WHEN (a > 1) THEN (update_count) END FROM t             | SELECT  | READ        | t         | ~~
            SELECT a INTO x FROM y                                              | SELECT  | WRITE       | y         | x
            SELECT [id] FROM [dbo].[Or ders] o WITH (NOLOCK) WHERE o.x[1] = 2   | SELECT  | READ        | dbo.Or ders | ~~
            SELECT * FROM shop."Or""ders"                                       | SELECT  | READ        | shop.Or"ders | ~~
            WITH x AS (SELECT 1 FROM t), y (a, b) AS (SELECT * FROM x) SELECT * FROM y, z | SELECT | READ | t z     | ~~
            WITH RECURSIVE c(n) AS (SELECT 1 UNION SELECT n + 1 FROM c) SELECT * FROM c | SELECT | READ | ~~        | ~~
            WITH d AS (DELETE FROM t RETURNING *) INSERT INTO log SELECT * FROM d | INSERT | WRITE      | ~~        | t log
            INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = 3 | INSERT | WRITE     | ~~        | t
            INSERT INTO t SELECT * FROM u ON DUPLICATE KEY UPDATE a = 1         | INSERT  | WRITE       | u         | t
            INSERT INTO t WITH c AS (SELECT * FROM u) SELECT * FROM c           | INSERT  | WRITE       | u         | t
            INSERT OR REPLACE INTO t VALUES (1)                                 | INSERT  | WRITE       | ~~        | t
            INSERT ALL INTO a VALUES (1) INTO b VALUES (2) SELECT * FROM dual   | INSERT  | WRITE       | dual      | a b
            REPLACE INTO t VALUES (1)                                           | REPLACE | WRITE       | ~~        | t
            UPDATE ONLY t SET a = 1 WHERE b = (SELECT max(c) FROM u)            | UPDATE  | WRITE       | u         | t
            UPDATE o SET x = 1 FROM orders o JOIN c ON c.id = o.c               | UPDATE  | WRITE       | orders c  | orders
            UPDATE a, b SET a.x = b.x WHERE a.id = b.id                         | UPDATE  | WRITE       | b         | a
            DELETE FROM t                                                       | DELETE  | WRITE       | ~~        | t
            DELETE FROM t USING u WHERE t.a = u.a                               | DELETE  | WRITE       | u         | t
            DELETE a FROM t1 a JOIN t2 b ON a.x = b.x                           | DELETE  | WRITE       | t1 t2     | t1
            DELETE TOP (10) FROM t                                              | DELETE  | WRITE       | ~~        | t
            MERGE INTO t USING (SELECT * FROM s) q ON (1 = 1) WHEN MATCHED THEN UPDATE SET b = 1 | MERGE | WRITE | s | t
            TRUNCATE TABLE a, b                                                 | TRUNCATE | WRITE      | ~~        | a b
            CREATE TABLE IF NOT EXISTS x (id INT, ts TIMESTAMP WITH TIME ZONE)  | CREATE  | WRITE       | ~~        | x
            CREATE TABLE x AS SELECT * FROM y                                   | CREATE  | WRITE       | y         | x
            CREATE VIEW v AS WITH x AS (SELECT * FROM t) SELECT * FROM x        | CREATE  | WRITE       | t         | v
            CREATE UNIQUE INDEX i ON t (a)                                      | CREATE  | WRITE       | ~~        | t
            CREATE TRIGGER r AFTER UPDATE ON emp FOR EACH ROW EXECUTE FUNCTION f() | CREATE | WRITE     | ~~        | emp
            ALTER TABLE t ADD COLUMN c INT                                      | ALTER   | WRITE       | ~~        | t
            DROP TABLE IF EXISTS a, b CASCADE                                   | DROP    | WRITE       | ~~        | a b
            GRANT SELECT ON t TO u                                              | GRANT   | WRITE       | ~~        | ~~
            COPY t (a, b) FROM STDIN                                            | COPY    | WRITE       | ~~        | t
            COPY t TO STDOUT                                                    | COPY    | READ        | t         | ~~
            COPY (SELECT * FROM t) TO STDOUT                                    | COPY    | READ        | t         | ~~
            LOAD DATA INFILE 'x' INTO TABLE t                                   | LOAD    | WRITE       | ~~        | t
            EXPLAIN DELETE FROM t                                               | EXPLAIN | READ        | t         | ~~
            EXPLAIN ANALYZE DELETE FROM t                                       | EXPLAIN | WRITE       | ~~        | t
            EXPLAIN (ANALYZE, BUFFERS) DELETE FROM t                            | EXPLAIN | WRITE       | ~~        | t
            TABLE t                                                             | TABLE   | READ        | t         | ~~
            VALUES (1), (2)                                                     | VALUES  | READ        | ~~        | ~~
            LOCK TABLE t IN SHARE MODE                                          | LOCK    | SESSION     | t         | ~~
            SET x = 1                                                           | SET     | SESSION     | ~~        | ~~
            BEGIN                                                               | BEGIN   | TRANSACTION | ~~        | ~~
            COMMIT                                                              | COMMIT  | TRANSACTION | ~~        | ~~
            ROLLBACK TO SAVEPOINT                                               | ROLLBACK | TRANSACTION | ~~       | ~~
            BEGIN; INSERT INTO a VALUES (1); COMMIT                             | BEGIN   | WRITE       | ~~        | a
            BEGIN INSERT INTO a VALUES (1); UPDATE b SET c = 2; END;            | BEGIN   | WRITE       | ~~        | a b
            SELECT * FROM {oj a LEFT OUTER JOIN b ON a.x = b.x}                 | SELECT  | READ        | a b       | ~~
            SELECT * FROM {OJ a x RIGHT OUTER JOIN b ON x.i = b.i}, c, {oj d JOIN e ON 1 = 1} WHERE f = {d '2024-02-29'} | SELECT | READ | a b c d e | ~~
            SELECT * FROM { oj shop.a LEFT OUTER JOIN {oj b JOIN c ON 1 = 1} ON 2 = 2 } | SELECT | READ | shop.a b c | ~~
            SELECT oj FROM oj                                                   | SELECT  | READ        | oj        | ~~
            SELECT * FROM {oj                                                   | SELECT  | READ        | ~~        | ~~
            {call p(?)}                                                         | CALL    | UNKNOWN     | ~~        | ~~
            {? = call f(?)}                                                     | CALL    | UNKNOWN     | ~~        | ~~
            frobnicate the database                                             | FROBNICATE | UNKNOWN  | ~~        | ~~
            ~~                                                                  | ~~      | UNKNOWN     | ~~        | ~~
            """)
    void tellsVerbEffectAndTables(
            String text, String operation, SqlSummary.Effect effect, String reads, String writes) {
        SqlSummary summary = SqlSummary.of(text);
        assertEquals(operation, summary.operation());
        assertEquals(effect, summary.effect());
        assertEquals(reads, String.join(" ", summary.reads()));
        assertEquals(writes, String.join(" ", summary.writes()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            SELECT 'it''s', 1.5e-10, 0xFF, -5, a1, $1, :n, ?  | SELECT ?, ?, ?, -?, a1, $1, :n, ?
            SELECT E'a\\'b', N'x', X'ff', U&'\\0041', _utf8'x' | SELECT ?, ?, ?, ?, ?
            SELECT q'[it's]', nq'{x}' FROM dual               | SELECT ?, ? FROM dual
            SELECT $$it's$$, $a$ b $$ c $a$ FROM t            | SELECT ?, ? FROM t
            SELECT DATE '2024-02-29' + INTERVAL '1' DAY       | SELECT DATE ? + INTERVAL ? DAY
            SELECT 'it\\'s', 'that\\'s' FROM t                | SELECT ?, ? FROM t
            SELECT 'a\\' b' FROM t                            | SELECT ? FROM t
            SELECT a LIKE '%\\%' ESCAPE '\\', 'secret' FROM t | SELECT a LIKE ? ESCAPE ?, ? FROM t
            SELECT 'never ends, says Bob                      | SELECT ?
            SELECT a::text, "Größe" FROM straße WHERE ü = 'ö' | SELECT a::text, "Größe" FROM straße WHERE ü = ?
            """)
    void valuesAreNotShown(String text, String sanitised) {
        assertEquals(sanitised, SqlSummary.of(text).sanitised());
    }

    @Test
    void mySqlIsReadAsMySql() {
        String text = "SELECT \"it's\", 'a\\'b' # 'comment\nFROM `or``ders` /*!50100 JOIN u */ -- x\nWHERE a = 1--1";
        SqlSummary summary = SqlSummary.of(text, Dialect.of("jdbc:mariadb://localhost/shop"));
        assertEquals(List.of("or`ders", "u"), summary.reads());
        assertEquals("SELECT ?, ? FROM `or``ders` JOIN u WHERE a = ?--?", summary.sanitised());
        assertEquals(Dialect.STANDARD, Dialect.of("jdbc:postgresql://localhost/shop"));
    }

    @Test
    void attemptsThatDifferInCommentsOnlyAreTheSame() {
        String one = "/* traceparent='00-1' */ SELECT  a\n\tFROM t -- first\nWHERE b='x  y' /* /* nested */ */";
        String two = "SELECT a FROM t WHERE b='x  y'";
        assertEquals(two, SqlSummary.of(one).normalised());
        assertSame(two, SqlSummary.of(two).normalised());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            SELECT a, b FROM t WHERE c = 1   | SELECT/**/a ,b FROM t -- x | false
            SELECT a, b FROM t WHERE c = 1   | SELECT a,b FROM t WHERE c=1 /*traceparent='00-1'*/ | true
            SELECT a, b FROM t WHERE c = 1   | /* app */ SELECT  a , b FROM t WHERE (c=1) | false
            SELECT a, b FROM t WHERE c = 1   | SELECT a, b FROM t WHERE c = 2 | false
            SELECT 'a  b'                    | SELECT 'a b'  | false
            SELECT 'x' 'y'                   | SELECT 'x''y' | false
            SELECT 'x' 'y'                   | SELECT   'x'/**/'y' | true
            SELECT ab                        | SELECT a b    | false
            SELECT a FROM t WHERE b = '--'   | SELECT a FROM t WHERE b ='--' -- '--' | true
            SELECT "A" FROM t                | SELECT "a" FROM t | false
            INSERT INTO t VALUES (?, ?)      | INSERT INTO t VALUES(?,?) | true
            """)
    void spellingsOfOneStatementAreTheSame(String one, String other, boolean same) {
        assertEquals(
                same, SqlSummary.of(one).canonical().equals(SqlSummary.of(other).canonical()));
    }

    @Test
    void wordsAreReadTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            SqlSummary summary = SqlSummary.of("insert into TITLE(id) select id from item where i = 17001");
            assertEquals("INSERT", summary.operation());
            assertEquals(List.of("TITLE"), summary.writes());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void theTableThatMattersMostIsTheOneThatIsWritten() {
        assertEquals("t", SqlSummary.of("INSERT INTO t SELECT * FROM u").table());
        assertEquals("u", SqlSummary.of("SELECT * FROM u").table());
        assertEquals("", SqlSummary.of("SELECT 1").table());
    }

    @Test
    void whatIsAskedForAgainIsRemembered() {
        SummaryCache cache = new SummaryCache(Dialect.STANDARD);
        SqlSummary first = cache.of("SELECT a FROM t");
        for (int i = 0; i < 5_000; i++) {
            cache.of("SELECT a FROM t WHERE b = " + i);
            assertSame(first, cache.of("SELECT a FROM t"));
        }
        assertTrue(cache.size() <= 1_100, cache.size() + " summaries");
        for (int i = 0; i < 2_000; i++) cache.of("SELECT " + "x".repeat(7_000) + i);
        assertTrue(cache.size() <= 200, cache.size() + " long summaries");
    }
}
