package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import javax.management.RuntimeMBeanException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules are switched while the program runs, and its very next calls go otherwise. */
class LiveSwitchingIT {

    private static final String OBSERVED = " 503 503 503 503 503 503";
    private static final String ENFORCED = " 503 503 503 503 refused refused";
    private static final String ALL_ENFORCE =
            "weir: rules are now deadline enforce, idempotency-key enforce, retry-budget enforce";

    @TempDir
    Path folder;

    private Target target;
    private Program program;
    private int tried;

    @BeforeEach
    void open() throws IOException {
        target = new Target();
    }

    @AfterEach
    void close() {
        program.close();
        target.close();
    }

    private void start(String... settings) throws Exception {
        program = Fork.of(Retrier.class, target.url(""))
                .in(folder)
                .weir(settings)
                // Each round shall have its own verdict, not the destination's.
                .jvm("-Dotel.traces.exporter=none", "-Dweir.config.reload=1", "-Dweir.rule.retry-budget.burst=1000")
                .start();
        program.awaitStdout("ready"::equals);
    }

    private void assertRound(String outcomes) throws Exception {
        String path = "/fail" + ++tried;
        int before = target.hits().size();
        program.tell(path);
        String printed = program.awaitStdout(line -> line.startsWith(path + " "));
        assertEquals(path + outcomes, printed);
        // What was refused was never on the wire.
        assertEquals(outcomes.split(" 503", -1).length - 1, target.hits().size() - before);
    }

    private void awaitSaid(String line, int times) throws Exception {
        for (long until = System.nanoTime() + 60_000_000_000L; count(line) < times; Thread.onSpinWait()) {
            program.awaitStderr(line::equals);
            assertTrue(System.nanoTime() - until < 0, program::toString);
        }
        assertEquals(times, count(line));
    }

    private long count(String line) {
        return Fork.said(program).stream().filter(line::equals).count();
    }

    @Test
    void theSettingsFileIsReadAgain() throws Exception {
        Path file = Files.writeString(folder.resolve("weir.properties"), "weir.mode=observe\n");
        start();
        assertRound(OBSERVED);

        Files.writeString(file, "weir.mode=enforce\n");
        awaitSaid(ALL_ENFORCE, 1);
        assertRound(ENFORCED);

        // Malformed: the mode stays, also when something else changes, and it is said once.
        String malformed = "weir: weir.mode=enfroce is not one of off, observe, enforce; nothing changes.";
        Files.writeString(file, "weir.mode=enfroce\n");
        awaitSaid(malformed, 1);
        Files.writeString(file, "weir.mode=enfroce\nweir.rule.deadline=off\n");
        program.awaitStderr(line -> line.startsWith("weir: rules are now deadline off,"));
        assertEquals(1, count(malformed));
        assertRound(ENFORCED);

        // Unknown names and settings that are not live are said.
        Files.writeString(
                file,
                "weir.mode=enforce\nweir.rule.retry-bugdet=off\nweir.export.queue=2048\nweir.rule.deadline=off\n");
        awaitSaid(
                "weir: unknown setting weir.rule.retry-bugdet (settings file); did you mean weir.rule.retry-budget?",
                1);
        awaitSaid("weir: the settings file changes weir.export.queue; it takes effect at the next start", 1);
        assertRound(ENFORCED);

        // Something that cannot be read: all stays.
        Files.delete(file);
        Files.createDirectory(file);
        program.awaitStderr(line -> line.endsWith("is not a regular file; keeping what it said before."));
        assertRound(ENFORCED);

        // Replaced by a rename, with the same length and the same time: only the contents differ.
        Files.delete(file);
        Path other = Files.writeString(folder.resolve("other"), "weir.mode=observe\n");
        FileTime time = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        awaitSaid("weir: rules are now deadline observe, idempotency-key observe, retry-budget observe", 1);
        assertRound(OBSERVED);
        Path third = Files.writeString(folder.resolve("third"), "weir.mode=enforce\n");
        Files.setLastModifiedTime(third, time);
        Files.move(third, file, StandardCopyOption.ATOMIC_MOVE);
        awaitSaid(ALL_ENFORCE, 2);
        assertRound(ENFORCED);

        // Gone: as if it had never been there.
        Files.delete(file);
        awaitSaid("weir: rules are now deadline observe, idempotency-key observe, retry-budget observe", 2);
        assertRound(OBSERVED);
        assertEquals(0, program.end().exitCode());
        assertTrue(Fork.lastWord(program).endsWith("; no fuse blew; 0 failures"), program::toString);
    }

    @Test
    void aNamedFileMayComeLater() throws Exception {
        Path file = folder.resolve("later.properties");
        start("weir.config=" + file);
        assertTrue(
                Fork.said(program).get(0).endsWith("is not there; going on without. Create it or mend the path."),
                program::toString);
        assertRound(OBSERVED);
        Files.writeString(file, "weir.rule.retry-budget=enforce\n");
        program.awaitStderr(line -> line.endsWith("retry-budget enforce"));
        assertRound(ENFORCED);
    }

    @Test
    void anotherProcessSwitchesOverJmx() throws Exception {
        start();
        assertRound(OBSERVED);
        try (Jmx jmx = new Jmx(program)) {
            assertEquals("observe", jmx.mode("retry-budget"));
            jmx.mode("retry-budget", "enforce");
            assertEquals("enforce", jmx.mode("retry-budget"));
            program.awaitStderr("weir: rule retry-budget is now enforce (JMX)"::equals);
            assertRound(ENFORCED);
            RuntimeMBeanException refused =
                    assertThrows(RuntimeMBeanException.class, () -> jmx.mode("retry-budget", "enfroce"));
            assertEquals(
                    "mode \"enfroce\" is not one of off, observe, enforce",
                    refused.getCause().getMessage());
            assertEquals("enforce", jmx.mode("retry-budget"));
            jmx.mode("retry-budget", "off");
            assertRound(OBSERVED);
            assertEquals(0, jmx.count("FusesBlown"));
            assertEquals(0L, jmx.count("Failures"));
        }
        assertEquals(0, program.end().exitCode());
    }
}
