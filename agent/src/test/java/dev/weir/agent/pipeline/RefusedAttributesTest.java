package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.FileFacts;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RefusedAttributesTest {

    private static final class Written extends FileFacts {
        private final boolean refused;
        private final @Nullable String type;

        Written(boolean refused, @Nullable String type) {
            super("test", Action.WRITE, "/mnt/a");
            this.refused = refused;
            this.type = type;
        }

        @Override
        public boolean traceparentRefused() {
            return refused;
        }

        @Override
        public @Nullable String fileSystemType() {
            return type;
        }
    }

    private final PipelineFixture fixture = new PipelineFixture(Map.of("weir.files.outside-runs", "true"));

    private String saidAfter(FileFacts... files) {
        for (FileFacts file : files) fixture.pipeline.end(fixture.pipeline.begin(file), 0, null, null);
        return fixture.stderr.toString(StandardCharsets.UTF_8);
    }

    @Test
    void isSaidOnceWithTheFileSystemAndWhatHoldsInstead() {
        assertEquals("", saidAfter(new Written(false, "ext4")));
        String said = saidAfter(new Written(true, "nfs4"), new Written(true, "nfs4"), new Written(true, "fuse"));
        assertEquals(
                "weir: the file system of /mnt/a (nfs4) does not take the extended attribute user.weir.traceparent:"
                        + " readers in this JVM still see who wrote the file, other processes do not (said once)\n",
                said);
        assertEquals(0, fixture.log.failures());
    }

    @Test
    void aFileSystemThatNobodyKnowsIsNoFailure() {
        String said = saidAfter(new Written(true, null));
        assertTrue(said.contains("/mnt/a (of an unknown type)"), said);
        assertEquals(0, fixture.log.failures());
    }
}
