package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.instrumentation.Instrumentations;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks the woven form of every JDK class that an adapter names, on the JDK that runs the test. Some JDKs do not verify
 * their own classes, and crash.
 */
class WovenJdkClassesTest {

    static Stream<Instrumentation> adapters() {
        return Instrumentations.all().stream().map(Declared::something);
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void areSound(Instrumentation adapter) throws Exception {
        Weaving weaving = new Weaving(adapter.getClass());
        adapter.weave(weaving);
        Set<String> names = new LinkedHashSet<>();
        for (Weaving.Target target : weaving.targets) if (target.className != null) names.add(target.className);
        List<String> said = new ArrayList<>();
        Weaver weaver = new Weaver(new BootLoader(ByteBuddyAgent.install()), new Weaver.Listener() {
            @Override
            public void failed(String failing, String className, Throwable cause) {
                said.add(className + ": " + cause);
            }

            @Override
            public void passedOver(String className, String reason) {
                said.add(className + ": " + reason);
            }
        });
        weaver.add(adapter);
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        for (String name : names) {
            byte[] classFile = jdkClassFile(name);
            if (classFile == null) continue;
            Class<?> type = Class.forName(name, false, platform);
            byte[] woven = weaver.transform(type.getClassLoader(), name.replace('.', '/'), null, null, classFile);
            assertEquals(List.of(), said);
            assertNotNull(woven, name + " has none of the methods that " + adapter.name() + " knows");
            Loom.check(woven);
        }
        assertFalse(names.isEmpty() && weaving.targets.isEmpty());
    }

    private static byte[] jdkClassFile(String name) throws IOException {
        try (InputStream in =
                ClassLoader.getPlatformClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in == null ? null : in.readAllBytes();
        }
    }
}
