package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.weir.instrumentation.Instrumentations;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** What every adapter owes: advice that the weaver can use, a test, and a row in the documents. */
class AdviceContractTest {

    static Stream<Instrumentation> adapters() {
        return Instrumentations.all().stream().map(Declared::something);
    }

    @Test
    void adaptersAreSortedAndUnique() {
        List<String> names = adapters().map(Instrumentation::name).toList();
        assertEquals(names.stream().sorted().distinct().toList(), names);
        assertFalse(names.isEmpty());
        for (String name : names) assertTrue(name.matches("[a-z][a-z0-9-]*"), name);
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void adviceIsThere(Instrumentation adapter) throws Exception {
        Weaving weaving = new Weaving(adapter.getClass());
        adapter.weave(weaving);
        assertFalse(weaving.targets.isEmpty(), adapter.name() + " weaves nothing");
        ClassFiles classFiles = new ClassFiles(getClass().getClassLoader());
        for (Weaving.Target target : weaving.targets) {
            assertFalse(target.joins.isEmpty(), adapter.name() + " has a target without methods");
            for (Weaving.Join join : target.joins) {
                // Not initialised: the library may be one that tests do not have.
                Class<?> advice =
                        Class.forName(join.advice, false, adapter.getClass().getClassLoader());
                // By name: a test before this one may have put the advice on the boot loader, with its adapter.
                assertEquals(
                        adapter.getClass().getName(), advice.getDeclaringClass().getName());
                assertTrue(Modifier.isStatic(advice.getModifiers()), join.advice + " must be static");
                AdviceShape shape =
                        AdviceShape.read(classFiles.read(join.advice.replace('.', '/')), Renaming.of(target.renaming));
                assertEquals(join.advice.replace('.', '/'), shape.internalName);
                if (target.className != null && onBootLoader(target.className)) assertPlain(classFiles, join.advice);
            }
        }
    }

    private static boolean onBootLoader(String className) {
        try {
            return Class.forName(className, false, ClassLoader.getPlatformClassLoader())
                            .getClassLoader()
                    == null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Linking a call site loads classes, and woven code of the boot loader is what loads them. */
    private static void assertPlain(ClassFiles classFiles, String advice) {
        new ClassReader(classFiles.read(advice.replace('.', '/')))
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitInvokeDynamicInsn(
                                            String called, String type, Handle bootstrap, Object... arguments) {
                                        fail(advice + "." + name + " has an invokedynamic: no lambda, method"
                                                + " reference or record there");
                                    }
                                };
                            }
                        },
                        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void aTestMirrorsIt(Instrumentation adapter) throws Exception {
        Class.forName(adapter.getClass().getName() + "Test", false, getClass().getClassLoader());
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void aRowDescribesIt(Instrumentation adapter) throws IOException {
        assertEquals(
                1,
                rows().filter(row -> row.startsWith("| `" + adapter.name() + "` |"))
                        .count());
    }

    @Test
    void noRowIsLeftOver() throws IOException {
        List<String> names = adapters().map(Instrumentation::name).toList();
        List<String> described =
                rows().map(row -> row.substring(3, row.indexOf('`', 3))).toList();
        assertEquals(names, described, "rows in the order of the adapters");
    }

    private static Stream<String> rows() throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "instrumentations.md")).stream()
                .filter(line -> line.startsWith("| `"));
    }
}
