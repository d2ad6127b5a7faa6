package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.FileFacts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedAttributesTest {

    private static final class Written extends FileFacts {
        private final boolean refused;

        Written(Path path, boolean refused) {
            super("test", Action.WRITE, path.toString());
            this.refused = refused;
        }

        @Override
        public boolean traceparentRefused() {
            return refused;
        }
    }

    @TempDir
    Path dir;

    private final PipelineFixture fixture = new PipelineFixture(Map.of("weir.files.outside-runs", "true"));

    private void write(String name, boolean refused) {
        Call call = fixture.pipeline.begin(new Written(dir.resolve(name), refused));
        fixture.pipeline.end(call, 0, null, null);
    }

    @Test
    void isSaidOnceWithTheFileSystemAndWhatHoldsInstead() throws Exception {
        Files.writeString(dir.resolve("a"), "x");
        write("taken", false);
        assertEquals("", fixture.stderr.toString(StandardCharsets.UTF_8));
        for (int i = 0; i < 3; i++) write("a", true);
        String said = fixture.stderr.toString(StandardCharsets.UTF_8);
        String type = Files.getFileStore(dir).type();
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.startsWith("weir: the file system of " + dir.resolve("a") + " (" + type + ")"), said);
        assertTrue(said.contains("other processes do not"), said);
        assertEquals(0, fixture.log.failures());
    }

    @Test
    void aFileThatIsGoneIsNoFailure() {
        write("gone", true);
        assertTrue(fixture.stderr.toString(StandardCharsets.UTF_8).contains("(of an unknown type)"));
        assertEquals(0, fixture.log.failures());
    }
}
