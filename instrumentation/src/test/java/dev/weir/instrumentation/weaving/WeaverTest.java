package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.synthetic.Events;
import dev.weir.instrumentation.synthetic.Shapes;
import dev.weir.instrumentation.weaving.Loom.Form;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which classes the weaver looks at, what it does about those it cannot weave, and what it keeps alive. */
class WeaverTest {

    private Loom loom;
    private byte[] shapes;

    @BeforeEach
    void start() throws Exception {
        loom = new Loom(Form.INVOKEDYNAMIC);
        shapes = Loom.renamed(Loom.classFile(Shapes.class), Shapes.class.getName(), "app.Shapes");
        Events.take();
    }

    private static Loom.Application application() {
        return new Loom.Application(WeaverTest.class.getClassLoader());
    }

    @Test
    void aLoaderThatDoesNotSeeTheHooksIsSaidOnce() throws Exception {
        Weaver weaver = loom.weaver(weaving -> {
            weaving.type("app.Shapes").method("aString", "Both");
            weaving.type("app.More").method("aString", "Both");
        });
        class Blind extends Loom.Application {
            Blind() {
                super(null);
            }

            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("dev.weir.")) throw new ClassNotFoundException(name);
                return super.loadClass(name, resolve);
            }
        }
        Blind blind = new Blind();
        assertNull(weaver.transform(blind, "app/Shapes", null, null, shapes));
        assertNull(weaver.transform(blind, "app/More", null, null, shapes));
        assertEquals(
                List.of("passed over app.Shapes: its class loader " + Blind.class.getName()
                        + " does not see dev.weir.bootstrap"),
                loom.said);
        Blind another = new Blind();
        assertNull(weaver.transform(another, "app/Shapes", null, null, shapes));
        assertEquals(2, loom.said.size(), "another loader, another word");
    }

    @Test
    void aLoaderThatFailsIsLikeOneThatDoesNotSee() throws Exception {
        Weaver weaver = loom.weaver(weaving -> weaving.type("app.Shapes").method("aString", "Both"));
        ClassLoader failing = new ClassLoader(null) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) {
                throw new IllegalStateException("closed");
            }
        };
        assertNull(weaver.transform(failing, "app/Shapes", null, null, shapes));
        assertNull(weaver.transform(failing, "app/Shapes", null, null, shapes));
        assertEquals(1, loom.said.size(), loom.said.toString());
    }

    @Test
    void garbageIsSaidAndLeftAlone() throws Exception {
        Weaver weaver = loom.weaver(weaving -> weaving.type("app.Shapes").method("aString", "Both"));
        assertNull(weaver.transform(application(), "app/Shapes", null, null, new byte[] {1, 2, 3}));
        byte[] cut = java.util.Arrays.copyOf(shapes, shapes.length / 2);
        assertNull(weaver.transform(application(), "app/Shapes", null, null, cut));
        byte[] future = shapes.clone();
        future[7] = (byte) 200;
        assertNull(weaver.transform(application(), "app/Shapes", null, null, future));
        assertEquals(3, loom.said.size(), loom.said.toString());
        assertNotNull(weaver.transform(application(), "app/Shapes", null, null, shapes), "and it goes on");
    }

    @Test
    void whatNobodyWantsIsNotTouched() throws Exception {
        Weaver weaver = loom.weaver(
                weaving -> weaving.subtypesOf("java.util.Comparator", "compare").method("aString", "Both"));
        assertNull(weaver.transform(application(), null, null, null, shapes));
        assertNull(weaver.transform(application(), "dev/weir/Shapes", null, null, shapes));
        assertNull(weaver.transform(application(), "com/sun/proxy/$Proxy3", null, null, shapes));
        assertNotNull(weaver.transform(application(), "app/Shapes", null, null, shapes));
        assertNull(weaver.transform(null, "app/Shapes", null, null, shapes), "boot classes are only woven by name");
        assertEquals(List.of(), loom.said);
        assertEquals(Set.of("app.Shapes"), weaver.adapters().get(0).woven());
    }

    @Test
    void aNamedClassWithoutAMethodToWeaveIsReported() throws Exception {
        Weaver weaver = loom.weaver(
                weaving -> weaving.type("app.Shapes").method("renamedSince", "Both"),
                weaving -> weaving.subtypesOf("java.util.Comparator", "compare").method("renamedSince", "Both"));
        assertNull(weaver.transform(application(), "app/Shapes", null, null, shapes));
        assertEquals(Set.of("app.Shapes"), weaver.adapters().get(0).unmatched());
        assertEquals(Set.of(), weaver.adapters().get(1).unmatched(), "a subtype may leave it to its parent");
    }

    @Test
    void aClassWantedByNameAndBySupertypeGetsBothButEachAdviceOnce() throws Exception {
        Loom.Application application = application();
        Weaver weaver = loom.weaver(
                weaving -> {
                    weaving.type("app.Shapes").method("aString", "Outer").method("aFinal", "Outer");
                    weaving.subtypesOf("java.util.Comparator", "compare").method("aString", "Outer");
                },
                weaving -> weaving.subtypesOf("java.util.Comparator", "compare").method("aString", "Both"));
        Object made = load(application, weaver.transform(application, "app/Shapes", null, null, shapes));
        made.getClass().getMethod("aString", String.class).invoke(made, "a");
        assertEquals(List.of("outer enter", "enter", "exit token", "outer exit outer token"), Events.take());
    }

    @Test
    void oneAdaptersFailureDoesNotTakeTheOthersAlong() throws Exception {
        Loom.Application application = application();
        Weaver weaver = loom.weaver(
                weaving -> weaving.type("app.Shapes").method("aString", "Both"),
                weaving -> weaving.type("app.Shapes").method("aString", "TooMany"),
                weaving -> weaving.type("app.Shapes").method("aFinal", "Both"));
        byte[] woven = weaver.transform(application, "app/Shapes", null, null, shapes);
        assertEquals(1, loom.said.size(), loom.said.toString());
        assertTrue(loom.said.get(0).startsWith("synthetic1 failed: "), loom.said.get(0));
        Object made = load(application, woven);
        made.getClass().getMethod("aString", String.class).invoke(made, "a");
        made.getClass().getMethod("aFinal", String.class).invoke(made, "a");
        assertEquals(List.of("enter", "exit token", "enter", "exit token"), Events.take());
    }

    @Test
    void methodsAreChosenByNameAndLeadingParameters() throws Exception {
        Loom.Application application = application();
        Weaver weaver = loom.weaver(weaving -> weaving.type("app.Shapes")
                .method("mixed", "Both", "byte", "long")
                .method("manyLocals", "Both", "long")
                .exactly("staticWide", "Both", "long", "double")
                .exactly("generic", "Both", "java.lang.Comparable", "java.lang.Comparable")
                .method("stringArray", "Both", "java.lang.String[]")
                .method("nestedArray", "Both", "long[][]"));
        Object made = load(application, weaver.transform(application, "app/Shapes", null, null, shapes));
        Class<?> type = made.getClass();
        type.getMethod("manyLocals", int.class).invoke(made, 1);
        type.getMethod("staticWide", long.class, double.class, long.class).invoke(made, 1L, 1.0, 1L);
        assertEquals(List.of(), Events.take());
        type.getMethod("generic", Comparable.class, Comparable.class).invoke(made, "a", "b");
        type.getMethod("stringArray", String[].class).invoke(made, (Object) new String[] {"a"});
        type.getMethod("nestedArray", long[][].class).invoke(made, (Object) new long[][] {{1}});
        assertEquals(6, Events.take().size());
    }

    @Test
    void adviceGoesWithItsLibrary() throws Exception {
        List<WeakReference<Object>> gone = new ArrayList<>();
        Weaver weaver = loom.weaver(weaving -> weaving.type("app.Shapes").method("aString", "BesideItsLibrary"));
        for (int i = 0; i < 20; i++) use(weaver, gone);
        assertEquals(40, gone.size());
        for (int i = 0; i < 50 && gone.stream().anyMatch(reference -> reference.get() != null); i++) {
            System.gc();
            Thread.onSpinWait();
        }
        assertEquals(
                List.of(),
                gone.stream()
                        .map(Reference::get)
                        .filter(java.util.Objects::nonNull)
                        .toList());
        Reference.reachabilityFence(weaver);
    }

    /** What the next test weaves. */
    public interface Marker {
        String marked(String text);
    }

    /** Implements it, and is loaded before there is a weaver. */
    public static class Marked implements Marker {
        @Override
        public String marked(String text) {
            return text + " marked";
        }
    }

    @Test
    void classesThatAreAlreadyLoadedAreWovenToo() throws Exception {
        Loom.Application application = application();
        application.classFiles.put(
                "app.Marked", Loom.renamed(Loom.classFile(Marked.class), Marked.class.getName(), "app.Marked"));
        Marker loaded = (Marker)
                Class.forName("app.Marked", true, application).getConstructor().newInstance();
        assertEquals("a marked", loaded.marked("a"));
        Weaver weaver = loom.weaver(
                weaving -> weaving.subtypesOf(Marker.class.getName(), "marked").method("marked", "Both"));
        Instrumentation jvm = ByteBuddyAgent.install();
        weaver.install(jvm);
        try {
            assertEquals("a marked", loaded.marked("a"));
            assertEquals(List.of("enter", "exit token"), Events.take());
            assertEquals(Set.of("app.Marked"), weaver.adapters().get(0).woven());
            assertEquals(List.of(), loom.said);
        } finally {
            jvm.removeTransformer(weaver);
        }
    }

    @Test
    void whatIsLoadedWhileAnotherIsWovenIsCaughtUpWith() throws Exception {
        Loom.Application library = application();
        library.classFiles.put(
                "app.Loader", Loom.renamed(Loom.classFile(Marked.class), Marked.class.getName(), "app.Loader"));
        // Reads class files with the help of a class that is wanted itself, as the JDK does with one of its own.
        Loom.Application application = new Loom.Application(WeaverTest.class.getClassLoader()) {
            @Override
            public InputStream getResourceAsStream(String name) {
                try {
                    Class.forName("app.Loader", true, library);
                } catch (ClassNotFoundException e) {
                    throw new AssertionError(e);
                }
                return super.getResourceAsStream(name);
            }
        };
        String child = "app.Child";
        application.classFiles.put(child, Loom.renamed(Loom.classFile(Child.class), Child.class.getName(), child));
        Weaver weaver = loom.weaver(weaving -> {
            weaving.type("app.Loader").method("marked", "Both");
            weaving.subtypesOf(Marker.class.getName(), "marked").method("marked", "Both");
        });
        Instrumentation jvm = ByteBuddyAgent.install();
        weaver.install(jvm);
        try {
            Class.forName(child, true, application);
            assertEquals(Set.of(child), weaver.adapters().get(0).woven(), "the JVM has begun to show nested loads");
            assertEquals(1, loom.due.get());
            weaver.catchUp(jvm);
            assertEquals(Set.of(child, "app.Loader"), weaver.adapters().get(0).woven());
            Object loaded =
                    Class.forName("app.Loader", true, library).getConstructor().newInstance();
            Events.take();
            assertEquals("a marked", ((Marker) loaded).marked("a"));
            assertEquals(List.of("enter", "exit token"), Events.take());
            assertEquals(List.of(), loom.said);
        } finally {
            jvm.removeTransformer(weaver);
        }
    }

    /** Is a {@link Marker} by its parent, which must be read to know that. */
    public static class Child extends Marked {
        @Override
        public String marked(String text) {
            return super.marked(text);
        }
    }

    private void use(Weaver weaver, List<WeakReference<Object>> gone) throws Exception {
        Loom.Application application = application();
        Object made = load(application, weaver.transform(application, "app/Shapes", null, null, shapes));
        made.getClass().getMethod("aString", String.class).invoke(made, "a");
        assertEquals(List.of("exit beside"), Events.take());
        gone.add(new WeakReference<>(application));
        gone.add(new WeakReference<>(made.getClass()));
    }

    private static Object load(Loom.Application application, byte[] woven) throws Exception {
        application.classFiles.put("app.Shapes", woven);
        return Class.forName("app.Shapes", true, application).getConstructor().newInstance();
    }
}
