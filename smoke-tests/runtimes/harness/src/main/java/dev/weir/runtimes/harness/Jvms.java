package dev.weir.runtimes.harness;

import dev.weir.incidents.harness.InstalledJdk;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The JVMs that a program is run on, for {@code @MethodSource}. */
public final class Jvms {

    /** Source of each JDK of this machine. */
    public static final String JDKS = "dev.weir.runtimes.harness.Jvms#jdks";

    /** Source of each JDK of this machine, with few processors and with some. */
    public static final String JDKS_AND_PROCESSORS = "dev.weir.runtimes.harness.Jvms#jdksAndProcessors";

    private Jvms() {}

    static Stream<InstalledJdk> jdks() throws IOException {
        return InstalledJdk.all().stream();
    }

    /** With one processor, futures without an executor get a thread each; with more, they share a pool. */
    static Stream<Arguments> jdksAndProcessors() throws IOException {
        return jdks().flatMap(jdk -> Stream.of(Arguments.of(jdk, 1), Arguments.of(jdk, 4)));
    }
}
