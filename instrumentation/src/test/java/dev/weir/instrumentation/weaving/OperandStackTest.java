package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.objectweb.asm.Opcodes.*;

import dev.weir.instrumentation.synthetic.Events;
import dev.weir.instrumentation.weaving.Loom.Form;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicInterpreter;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.util.Textifier;
import org.objectweb.asm.util.TraceClassVisitor;

/** What lies beneath the result when a method returns. */
class OperandStackTest {

    /** Counts the words that are to be taken off at each return. */
    private static final class Counting extends OperandStack {

        private static final class Popped extends MethodVisitor {

            private int words;

            Popped() {
                super(ASM9);
            }

            @Override
            public void visitInsn(int opcode) {
                if (opcode == POP) words++;
                if (opcode == POP2) words += 2;
            }
        }

        private final Type returned;
        private final List<Integer> beneath = new ArrayList<>();

        Counting(Type returned) {
            super(new Popped());
            this.returned = returned;
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode >= IRETURN && opcode <= RETURN) {
                taken(returned.getSize());
                Popped popped = new Popped();
                mv = popped;
                clear();
                beneath.add(popped.words);
            }
            super.visitInsn(opcode);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java/util/HashMap",
                "java/math/BigInteger",
                "java/lang/Math",
                "java/lang/StringLatin1",
                "java/util/concurrent/ForkJoinPool",
                "java/util/concurrent/ThreadPoolExecutor",
                "java/util/DualPivotQuicksort",
                "kotlinx/coroutines/JobSupport",
                "kotlinx/coroutines/channels/BufferedChannel",
                "io/ktor/client/engine/cio/CIOEngine",
                "io/ktor/client/engine/cio/Endpoint",
                "io/ktor/utils/io/ByteChannel"
            })
    void knowsWhatTheVerifierKnows(String name) throws IOException, AnalyzerException {
        agrees(name, ClassReader.EXPAND_FRAMES);
        // As it comes from a class-data archive.
        agrees(name, ClassReader.SKIP_FRAMES);
    }

    private static void agrees(String name, int frames) throws IOException, AnalyzerException {
        ClassNode type = new ClassNode();
        new ClassReader(classFile(name)).accept(type, frames);
        int returns = 0;
        for (MethodNode method : type.methods) {
            Counting counting = new Counting(Type.getReturnType(method.desc));
            method.accept(counting);
            List<Integer> expected = expected(type.name, method);
            assertEquals(expected, counting.beneath, method.name + method.desc);
            returns += expected.size();
        }
        assertTrue(returns > 2, "nothing was looked at");
    }

    private static List<Integer> expected(String owner, MethodNode method) throws AnalyzerException {
        List<Integer> beneath = new ArrayList<>();
        Frame<BasicValue>[] frames = new Analyzer<>(new BasicInterpreter()).analyze(owner, method);
        for (int i = 0; i < frames.length; i++) {
            AbstractInsnNode instruction = method.instructions.get(i);
            if (instruction.getOpcode() < IRETURN || instruction.getOpcode() > RETURN) continue;
            int words = -Type.getReturnType(method.desc).getSize();
            for (int j = 0; j < frames[i].getStackSize(); j++)
                words += frames[i].getStack(j).getSize();
            beneath.add(words);
        }
        return beneath;
    }

    /** On attach, the JVM gives classes of its class-data archive to be woven again without their frames (JDK 17). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "java/lang/Thread",
                "java/util/concurrent/ForkJoinPool",
                "java/util/concurrent/ThreadPoolExecutor",
                "java/math/BigInteger",
                "sun/nio/ch/FileChannelImpl",
                "sun/net/www/protocol/http/HttpURLConnection"
            })
    void classWithoutFramesIsWovenAlike(String name) throws Exception {
        byte[] whole = classFile(name);
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(whole).accept(writer, ClassReader.SKIP_FRAMES);
        List<String> expected = twiceWoven(name, whole);
        assertTrue(expected.stream().anyMatch(line -> line.contains("enterAny")), "nothing was woven");
        assertIterableEquals(expected, twiceWoven(name, writer.toByteArray()));
    }

    private static List<String> twiceWoven(String name, byte[] classFile) throws Exception {
        Loom loom = new Loom(Form.DIRECT);
        byte[] woven = loom.transform(classFile, name, weaving -> {
            Weaving.Target target = weaving.type(name.replace('/', '.'));
            for (String method : methods(classFile)) {
                target.method(method, "AnyShape");
                target.method(method, "ExitOnly");
            }
        });
        assertEquals(List.of(), loom.said);
        StringWriter text = new StringWriter();
        new ClassReader(woven)
                .accept(new TraceClassVisitor(null, new Textifier(), new PrintWriter(text)), ClassReader.SKIP_FRAMES);
        // Every weaver has fuses of its own, and the greatest depth is only estimated without frames.
        return text.toString()
                .replaceAll("(SIPUSH|MAXSTACK =) \\d+", "$1")
                .lines()
                .toList();
    }

    private static Set<String> methods(byte[] classFile) {
        ClassNode type = new ClassNode();
        new ClassReader(classFile).accept(type, ClassReader.SKIP_CODE);
        Set<String> names = new TreeSet<>();
        for (MethodNode method : type.methods) if (!method.name.startsWith("<")) names.add(method.name);
        return names;
    }

    private static byte[] classFile(String name) throws IOException {
        try (InputStream in = ClassLoader.getSystemResourceAsStream(name + ".class")) {
            return in.readAllBytes();
        }
    }

    /** As the Kotlin compiler writes it. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void methodThatReturnsWithMoreThanItsResult(Form form) throws Exception {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(V17, ACC_PUBLIC | ACC_SUPER, "sample/Generated", null, "java/lang/Object", null);
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "method", "(I)J", null, null);
        code.visitCode();
        code.visitLdcInsn("left");
        code.visitInsn(LCONST_1);
        code.visitVarInsn(ILOAD, 0);
        code.visitInsn(DCONST_0);
        code.visitInsn(DUP2_X1);
        code.visitLdcInsn(42L);
        code.visitInsn(LRETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
        Class<?> woven = new Loom(form)
                .weave(writer.toByteArray(), "sample.Generated", target -> target.method("method", "Both"));
        Events.take();
        assertEquals(42L, woven.getMethod("method", int.class).invoke(null, 7));
        assertEquals(List.of("enter", "exit token"), Events.take());
    }

    @Test
    void whatIsTakenOffIsTakenOffWhole() {
        List<Integer> written = new ArrayList<>();
        OperandStack stack = new OperandStack(new MethodVisitor(ASM9) {
            @Override
            public void visitInsn(int opcode) {
                if (opcode == POP || opcode == POP2) written.add(opcode);
            }
        }) {};
        stack.visitLdcInsn(1L);
        stack.visitInsn(ICONST_1);
        stack.visitLdcInsn(1.0);
        stack.clear();
        stack.clear();
        assertEquals(List.of(POP2, POP, POP2), written);
    }
}
