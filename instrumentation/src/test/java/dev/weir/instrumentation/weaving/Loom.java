package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.bootstrap.Fuse;
import dev.weir.instrumentation.synthetic.SyntheticInstrumentation;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.util.CheckClassAdapter;

/**
 * Weaves copies of classes under new names, checks the woven bytes, and loads them: on the boot loader, where advice is
 * called directly, or on a loader of their own, where it is linked by {@code invokedynamic}.
 */
public final class Loom {

    /** How woven code calls advice. */
    enum Form {
        DIRECT,
        INVOKEDYNAMIC
    }

    /** Stands in for an application's loader: knows the classes that a test gives it before it asks its parent. */
    static class Application extends ClassLoader {
        final java.util.Map<String, byte[]> classFiles = new java.util.concurrent.ConcurrentHashMap<>();

        Application(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) return loaded;
                byte[] classFile = classFiles.get(name);
                if (classFile == null) return super.loadClass(name, resolve);
                return defineClass(name, classFile, 0, classFile.length);
            }
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            byte[] classFile = classFiles.get(name.replace(".class", "").replace('/', '.'));
            return classFile == null ? super.getResourceAsStream(name) : new java.io.ByteArrayInputStream(classFile);
        }
    }

    private static final AtomicInteger copies = new AtomicInteger();

    /** What the weaver said. */
    final List<String> said = new CopyOnWriteArrayList<>();
    /** How often the weaver asked for time to catch up. */
    final AtomicInteger due = new AtomicInteger();
    /** Which advice was turned off. */
    final List<String> blown = new CopyOnWriteArrayList<>();

    private final Form form;
    private final BootLoader bootLoader;

    Loom(Form form) throws ReflectiveOperationException {
        this.form = form;
        bootLoader = new BootLoader(ByteBuddyAgent.install());
        Fuse.listen((index, cause) -> {
            String advice = Weaver.adviceOf(index);
            blown.add(advice.substring(advice.indexOf('$') + 1) + ": " + cause.getMessage());
        });
    }

    Weaver weaver(Consumer<Weaving>... adapters) throws ReflectiveOperationException {
        Weaver weaver = new Weaver(bootLoader, new Weaver.Listener() {
            @Override
            public void failed(String adapter, String className, Throwable cause) {
                said.add(adapter + " failed: " + cause.getMessage());
            }

            @Override
            public void passedOver(String className, String reason) {
                said.add("passed over " + className + ": " + reason);
            }

            @Override
            public void catchUpDue() {
                due.incrementAndGet();
            }
        });
        for (int i = 0; i < adapters.length; i++) {
            weaver.add(new SyntheticInstrumentation("synthetic" + i, adapters[i]));
        }
        return weaver;
    }

    /** Weaves a copy of a class; it must work. */
    Class<?> weave(Class<?> original, Consumer<Weaving.Target> joins) throws Exception {
        return weave(classFile(original), original.getName(), joins);
    }

    /** Weaves a copy of a class file; it must work. */
    Class<?> weave(byte[] original, String originalName, Consumer<Weaving.Target> joins) throws Exception {
        String name = "woven." + originalName.substring(originalName.lastIndexOf('.') + 1) + copies.incrementAndGet();
        byte[] copy = renamed(original, originalName, name);
        byte[] woven = transform(copy, name, weaving -> joins.accept(weaving.type(name)));
        assertEquals(List.of(), said);
        assertNotNull(woven, "nothing was woven");
        check(woven);
        return load(woven, name);
    }

    /** Passes a class file through a new weaver. */
    byte[] transform(byte[] classFile, String name, Consumer<Weaving> weave) throws ReflectiveOperationException {
        ClassLoader loader = form == Form.DIRECT ? null : Loom.class.getClassLoader();
        return weaver(weave).transform(loader, name.replace('.', '/'), null, null, classFile);
    }

    private Class<?> load(byte[] woven, String name) throws ReflectiveOperationException {
        if (form == Form.DIRECT) {
            bootLoader.define(name.replace('.', '/'), woven);
            return Class.forName(name, true, null);
        }
        Application application = new Application(Loom.class.getClassLoader());
        application.classFiles.put(name, woven);
        return Class.forName(name, true, application);
    }

    public static byte[] renamed(byte[] classFile, String from, String to) {
        return Renaming.of(from.replace('.', '/') + ">" + to.replace('.', '/')).apply(classFile);
    }

    static byte[] classFile(Class<?> type) throws IOException {
        try (InputStream in =
                ClassLoader.getSystemResourceAsStream(type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    /** The JVM verifies for itself when the class is loaded; this says better what is wrong. */
    static void check(byte[] classFile) {
        StringWriter problems = new StringWriter();
        CheckClassAdapter.verify(
                new ClassReader(classFile), Loom.class.getClassLoader(), false, new PrintWriter(problems));
        assertEquals("", problems.toString());
        new ClassReader(classFile).accept(new CheckClassAdapter(new ClassWriter(0), true), ClassReader.EXPAND_FRAMES);
    }
}
