package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.synthetic.Shapes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

class ConstantPoolTest {

    private static boolean mentions(byte[] classFile, String... words) {
        return ConstantPool.mentions(classFile, Words.of(words));
    }

    @Test
    void findsWholeWordsOnly() throws Exception {
        byte[] classFile = Loom.classFile(Shapes.class);
        assertTrue(mentions(classFile, "tryCatchFinally"));
        assertTrue(mentions(classFile, "nowhere", "manyLocals"));
        assertTrue(mentions(classFile, "manyLocalx", "manyLocals", "manyLocaly"), "words of one length");
        assertFalse(mentions(classFile, "tryCatch"));
        assertFalse(mentions(classFile, "nowhere"));
        assertFalse(mentions(classFile));
    }

    @Test
    void findsTheWordBehindConstantsOfEveryKind() {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "sample/Pool", null, "java/lang/Object", null);
        writer.newConst(1);
        writer.newConst(2L);
        writer.newConst(3f);
        writer.newConst(4.0);
        writer.newConst("text");
        writer.newNameType("name", "()V");
        writer.newMethod("a/B", "m", "()V", false);
        writer.newMethod("a/B", "m", "()V", true);
        writer.newField("a/B", "f", "I");
        writer.newHandle(Opcodes.H_INVOKESTATIC, "a/B", "m", "()V", false);
        writer.newMethodType("()V");
        writer.newModule("module");
        writer.newPackage("package");
        writer.newUTF8("the last word");
        assertTrue(mentions(writer.toByteArray(), "the last word"));
    }

    @Test
    void surviveGarbage() throws Exception {
        byte[] good = Loom.classFile(Shapes.class);
        for (int length = 0; length < 2000; length++) {
            byte[] truncated = Arrays.copyOf(good, length);
            assertDoesNotThrow(() -> mentions(truncated, "no such word"));
        }
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] spoiled = Arrays.copyOf(good, 600);
            for (int j = 0; j < 5; j++) spoiled[8 + random.nextInt(590)] = (byte) random.nextInt(256);
            assertDoesNotThrow(() -> mentions(spoiled, "no such word"));
        }
        assertFalse(mentions(new byte[100], "no such word"));
    }
}
