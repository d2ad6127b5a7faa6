package dev.weir.agent.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.util.TablesNamesFinder;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Other people's statements: the TPC-DS queries, Calcite's tests of its parser, Quartz's and Flowable's schemas for many
 * databases. Where JSqlParser can read one, its tables are compared with ours.
 */
class SqlSummaryCorpusTest {

    private static final Pattern STATEMENT = Pattern.compile(
            "(?is)^[\\s(]*(select|insert|update|delete|merge|with|create table|values|drop table|truncate)\\b.*");

    @Test
    void othersAgreeOnTheTables() throws Exception {
        List<String> statements = new ArrayList<>(schemas());
        List<String> calcite = calcite();
        // One in four is enough: the other parser takes its time.
        for (int i = 0; i < calcite.size(); i += 4) statements.add(calcite.get(i));
        List<String> different = new ArrayList<>();
        int compared = 0;
        for (String statement : statements) {
            if (!STATEMENT.matcher(statement).matches()) continue;
            Set<String> theirs = theirs(statement);
            if (theirs == null) continue;
            compared++;
            Set<String> ours = ours(statement);
            if (!ours.equals(theirs)) different.add("ours " + ours + ", theirs " + theirs + ": " + statement);
        }
        assertTrue(compared > 600, "only " + compared + " compared");
        // JSqlParser 5.3 itself misses tables: it takes (TABLE t) for a table of that name, and sees no table whose
        // alias is its own name. All differences that were looked at were of these kinds.
        assertTrue(
                different.size() * 50 <= compared, compared + " compared, different: " + String.join("\n", different));
    }

    @Test
    void noValueIsShownAndNothingGetsLostTwice() throws Exception {
        Set<String> all = new LinkedHashSet<>(calcite());
        all.addAll(queries());
        all.addAll(schemas());
        assertTrue(all.size() > 10_000, all.size() + " texts");
        for (String text : all) {
            SqlSummary summary = StatementReader.read(text, Dialect.STANDARD);
            SqlSummary again = StatementReader.read(summary.normalised(), Dialect.STANDARD);
            assertEquals(summary.normalised(), again.normalised(), text);
            assertEquals(summary.sanitised(), again.sanitised(), text);
            assertEquals(summary.canonical(), again.canonical(), text);
            assertEquals(summary.reads(), again.reads(), text);
            assertEquals(summary.writes(), again.writes(), text);
            // Quoted names may hold anything.
            if (!text.contains("\"") && !text.contains("`") && !text.contains("[")) {
                assertFalse(summary.sanitised().contains("'"), text);
            }
        }
    }

    private static Set<String> ours(String statement) {
        SqlSummary summary = SqlSummary.of(statement);
        Set<String> names = plain(summary.reads());
        names.addAll(plain(summary.writes()));
        return names;
    }

    private static Set<String> theirs(String statement) {
        try {
            return plain(TablesNamesFinder.findTables(statement));
        } catch (JSQLParserException | RuntimeException e) {
            return null;
        }
    }

    private static Set<String> plain(Collection<String> names) {
        Set<String> plain = new TreeSet<>();
        for (String name : names) plain.add(name.replaceAll("[\"`\\[\\]]", "").toLowerCase(Locale.ROOT));
        return plain;
    }

    // ---- the corpora

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        read("tpcds-", ".tpl", (name, bytes) -> {
            // Templates: their parameters become values.
            String text = new String(bytes, StandardCharsets.UTF_8)
                    .replaceAll("(?im)^\\s*define.*?;\\s*$", "")
                    .replaceAll("\\[_LIMIT.\\]", "")
                    .replaceAll("\\[[A-Z0-9_.]+\\]", "1");
            for (String query : text.split(";\\s*\n")) if (!query.isBlank()) queries.add(query);
        });
        return queries;
    }

    private static List<String> schemas() throws IOException {
        List<String> statements = new ArrayList<>();
        for (String artifact : List.of("quartz-", "flowable-engine-common-")) {
            read(artifact, ".sql", (name, bytes) -> {
                String text = new String(bytes, StandardCharsets.UTF_8);
                Collections.addAll(statements, text.split(";\\s*\n"));
            });
        }
        return statements;
    }

    /** Every string in Calcite's tests: statements, pieces of statements, and messages. */
    private static List<String> calcite() throws IOException {
        List<String> strings = new ArrayList<>();
        read(
                "calcite-testkit-",
                ".class",
                (name, bytes) -> new ClassReader(bytes)
                        .accept(
                                new ClassVisitor(Opcodes.ASM9) {
                                    @Override
                                    public MethodVisitor visitMethod(
                                            int access,
                                            String method,
                                            String descriptor,
                                            String signature,
                                            String[] thrown) {
                                        return new MethodVisitor(Opcodes.ASM9) {
                                            @Override
                                            public void visitLdcInsn(Object value) {
                                                if (value instanceof String string) strings.add(string);
                                            }
                                        };
                                    }
                                },
                                ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES));
        return new ArrayList<>(new LinkedHashSet<>(strings));
    }

    private static void read(String artifact, String suffix, BiConsumer<String, byte[]> reader) throws IOException {
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!new File(path).getName().startsWith(artifact)) continue;
            try (ZipFile jar = new ZipFile(path)) {
                for (ZipEntry entry : Collections.list(jar.entries())) {
                    if (!entry.getName().endsWith(suffix)) continue;
                    try (InputStream in = jar.getInputStream(entry)) {
                        reader.accept(entry.getName(), in.readAllBytes());
                    }
                }
            }
            return;
        }
        throw new IOException("no " + artifact + " on the class path");
    }
}
