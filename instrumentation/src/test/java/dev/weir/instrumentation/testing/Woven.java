package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.bootstrap.Fuse;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.BootLoader;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaver;
import dev.weir.instrumentation.weaving.WovenAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.CheckClassAdapter;

/**
 * Weaves one adapter into the test's JVM and records what it reports.
 *
 * <p>After each test: no fuse blew, nothing failed to weave, every begun call has ended, and no context was left on the
 * test's thread. An adapter stays woven for the rest of the JVM, and is woven only once.
 */
public final class Woven implements BeforeEachCallback, AfterEachCallback {

    private static final List<String> failures = new CopyOnWriteArrayList<>();
    private static final Map<Class<?>, Weaver> weavers = new ConcurrentHashMap<>();

    private final Instrumentation instrumentation;
    private final List<Instrumentation> companions;
    private final RecordingAgent agent;
    private Predicate<String> expected = failure -> false;

    /** @param companions are woven too; the calls and scopes that they report are not recorded */
    public Woven(Instrumentation instrumentation, Instrumentation... companions) {
        this.instrumentation = instrumentation;
        this.companions = List.of(companions);
        this.agent = new RecordingAgent(instrumentation.name());
    }

    /** Records what hooks are told, and denies or limits what a test asks it to. */
    public RecordingAgent agent() {
        return agent;
    }

    /** From now on failures to weave for which this holds are what a test is about. */
    public void expectFailures(Predicate<String> which) {
        expected = which;
    }

    /** What the adapter met until now. */
    public WovenAdapter adapter() {
        return weaver(instrumentation).adapters().get(0);
    }

    /** Asserts that the woven form of a JDK class is sound. JVMs do not check classes of the boot loader: they crash. */
    public void assertSound(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/');
        try (InputStream in = type.getModule().getResourceAsStream(name + ".class")) {
            assertNotNull(in, name);
            byte[] bytes =
                    weaver(instrumentation).transform(type.getClassLoader(), name, type, null, in.readAllBytes());
            assertNotNull(bytes, name + " is not woven");
            StringWriter complaints = new StringWriter();
            CheckClassAdapter.verify(new ClassReader(bytes), type.getClassLoader(), false, new PrintWriter(complaints));
            assertEquals("", complaints.toString(), name);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        weaver(instrumentation);
        for (Instrumentation companion : companions) weaver(companion);
        Fuse.listen((index, cause) -> {
            cause.printStackTrace();
            failures.add("the fuse of " + Weaver.adviceOf(index) + " blew: " + cause);
        });
        agent.reset();
        Hooks.install(agent);
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        Object left = agent.capture();
        List<String> unended = agent.unended();
        Hooks.install(null);
        List<String> met = failures.stream().filter(expected.negate()).toList();
        failures.clear();
        assertEquals(List.of(), met, "a fuse blew, or weaving failed");
        assertEquals(List.of(), unended, "calls that never ended");
        assertEquals(null, left, "a context was left on the test's thread");
    }

    private static Weaver weaver(Instrumentation instrumentation) {
        return weavers.computeIfAbsent(instrumentation.getClass(), absent -> {
            try {
                java.lang.instrument.Instrumentation jvm = ByteBuddyAgent.install();
                // In this JVM bootstrap is on the boot class path, see the module's pom.
                assertEquals(null, Hooks.class.getClassLoader(), "dev.weir.bootstrap must be on the boot loader");
                Weaver weaver = new Weaver(new BootLoader(jvm), new Weaver.Listener() {
                    @Override
                    public void failed(String adapter, String className, Throwable cause) {
                        failures.add(adapter + " failed on " + className + ": " + cause);
                    }

                    @Override
                    public void passedOver(String className, String reason) {
                        failures.add(className + " passed over: " + reason);
                    }
                });
                weaver.add(instrumentation);
                weaver.install(jvm);
                assertNotNull(weaver);
                return weaver;
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        });
    }
}
