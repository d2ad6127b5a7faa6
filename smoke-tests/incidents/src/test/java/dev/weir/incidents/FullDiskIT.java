package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.fulldisk.Scribe;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.RamFilesystem;
import dev.weir.incidents.harness.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** On a full disk, and on one that may not be written, an application sees the very same with Weir as without. */
final class FullDiskIT {

    @TempDir
    private static Path scratch;

    @TestFactory
    Stream<DynamicTest> exceptionsAreTheSame() throws Exception {
        return InstalledJdk.all().stream().map(jdk -> DynamicTest.dynamicTest(jdk.toString(), () -> run(jdk)));
    }

    private static void run(InstalledJdk jdk) throws Exception {
        Map<Mode, List<String>> printed = new HashMap<>();
        boolean mounts = RamFilesystem.available(scratch);
        Path full = Files.createTempDirectory(scratch, "full");
        Path sealed = Files.createTempDirectory(scratch, "sealed");
        for (Mode mode : Mode.values()) {
            try (Run run = new Run(jdk, mode, List.of("deadline", "idempotency-key", "retry-budget"), scratch)) {
                List<String> places =
                        new ArrayList<>(List.of(scratch.resolve("source").toString(), "/dev/full"));
                if (mounts) {
                    run.with(RamFilesystem.mountSmall(full, 64));
                    RamFilesystem readOnly = run.with(RamFilesystem.mountSmall(sealed, 64));
                    Files.writeString(sealed.resolve("file"), "x");
                    readOnly.seal();
                    places.add(full.toString());
                    places.add(sealed.toString());
                }
                Program scribe = run.start(
                        List.of("weir.files.outside-runs=true"), "scribe", Scribe.class, places.toArray(new String[0]));
                run.end(scribe, "files");
                printed.put(mode, run.transcripts().get(0).stdout());
                assertEquals(0, run.transcripts().get(0).exitCode());
            }
        }
        List<String> without = printed.get(Mode.WITHOUT);
        assertTrue(without.contains("stream java.io.IOException: No space left on device"), () -> "" + without);
        if (mounts) assertTrue(without.stream().anyMatch(line -> line.contains("Read-only file system")));
        assertEquals(without, printed.get(Mode.OBSERVE));
        assertEquals(without, printed.get(Mode.ENFORCE));
    }
}
