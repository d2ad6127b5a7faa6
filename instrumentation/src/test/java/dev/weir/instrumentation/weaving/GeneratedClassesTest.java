package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.objectweb.asm.Opcodes.*;

import dev.weir.instrumentation.synthetic.Events;
import dev.weir.instrumentation.weaving.Loom.Form;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.TypePath;
import org.objectweb.asm.TypeReference;

/** Bytecode that javac does not write: other compilers do, and the JVM accepts it. */
@ParameterizedClass
@EnumSource(Form.class)
class GeneratedClassesTest {

    private final Loom loom;

    GeneratedClassesTest(Form form) throws ReflectiveOperationException {
        loom = new Loom(form);
    }

    @BeforeEach
    void forget() {
        Events.take();
    }

    private static byte[] generate(int version, Consumer<ClassWriter> methods) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(version, ACC_PUBLIC | ACC_SUPER, "sample/Generated", null, "java/lang/Object", null);
        MethodVisitor constructor = writer.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
        constructor.visitCode();
        constructor.visitVarInsn(ALOAD, 0);
        constructor.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        constructor.visitInsn(RETURN);
        constructor.visitMaxs(0, 0);
        constructor.visitEnd();
        methods.accept(writer);
        return writer.toByteArray();
    }

    private static byte[] method(int access, String descriptor, Consumer<MethodVisitor> code) {
        return generate(V17, writer -> {
            MethodVisitor visitor = writer.visitMethod(access, "method", descriptor, null, null);
            visitor.visitCode();
            code.accept(visitor);
            visitor.visitMaxs(0, 0);
            visitor.visitEnd();
        });
    }

    private Class<?> weave(byte[] classFile, String advice) throws Exception {
        return loom.weave(classFile, "sample.Generated", target -> target.method("method", advice));
    }

    private void refused(byte[] classFile, String reason) throws Exception {
        assertNull(loom.transform(
                classFile,
                "sample.Generated",
                weaving -> weaving.type("sample.Generated").method("method", "Both")));
        assertEquals(1, loom.said.size(), loom.said.toString());
        assertTrue(loom.said.get(0).endsWith(reason), loom.said.get(0));
    }

    @Test
    void aFrameOnTheFirstInstruction() throws Exception {
        byte[] classFile = method(ACC_PUBLIC | ACC_STATIC, "(I)I", code -> {
            Label first = new Label();
            code.visitLabel(first);
            code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 0, new Object[0]);
            code.visitIincInsn(0, 7);
            code.visitVarInsn(ILOAD, 0);
            code.visitIntInsn(BIPUSH, 100);
            code.visitJumpInsn(IF_ICMPLT, first);
            code.visitVarInsn(ILOAD, 0);
            code.visitInsn(IRETURN);
        });
        assertEquals(
                105, weave(classFile, "Both").getMethod("method", int.class).invoke(null, 0));
        assertEquals(List.of("enter", "exit token"), Events.take());
    }

    @Test
    void aParameterOfAnotherTypeLater() throws Exception {
        // Kotlin and Scala reuse a parameter's slot once the parameter is dead.
        byte[] classFile = method(ACC_PUBLIC | ACC_STATIC, "(IJ)Ljava/lang/String;", code -> {
            Label end = new Label();
            code.visitLdcInsn("text");
            code.visitVarInsn(ASTORE, 0);
            code.visitInsn(FCONST_2);
            code.visitVarInsn(FSTORE, 1);
            code.visitVarInsn(FLOAD, 1);
            code.visitInsn(F2I);
            code.visitJumpInsn(IFNE, end);
            code.visitInsn(NOP);
            code.visitLabel(end);
            code.visitFrame(F_NEW, 2, new Object[] {"java/lang/String", FLOAT}, 0, new Object[0]);
            code.visitVarInsn(ALOAD, 0);
            code.visitInsn(ARETURN);
        });
        assertEquals(
                "text",
                weave(classFile, "SeesIntAndLong")
                        .getMethod("method", int.class, long.class)
                        .invoke(null, 5, 6L));
        assertEquals(List.of("exit text 5 6"), Events.take());
    }

    @Test
    void aVariableAcrossTheEndOfTheParametersIsRefused() throws Exception {
        refused(
                method(ACC_PUBLIC | ACC_STATIC, "(I)J", code -> {
                    code.visitInsn(LCONST_1);
                    code.visitVarInsn(LSTORE, 0);
                    code.visitVarInsn(LLOAD, 0);
                    code.visitInsn(LRETURN);
                }),
                "a variable lies across the end of the parameters");
    }

    @Test
    void aReceiverThatIsOverwrittenIsStillGivenToExitAdvice() throws Exception {
        byte[] classFile = method(ACC_PUBLIC, "(I)I", code -> {
            Label loop = new Label();
            Label over = new Label();
            code.visitVarInsn(ALOAD, 0);
            code.visitInsn(POP);
            code.visitInsn(ICONST_3);
            code.visitVarInsn(ISTORE, 0);
            code.visitLabel(loop);
            code.visitFrame(F_NEW, 2, new Object[] {INTEGER, INTEGER}, 0, new Object[0]);
            code.visitIincInsn(0, 1);
            code.visitVarInsn(ILOAD, 0);
            code.visitVarInsn(ILOAD, 1);
            code.visitJumpInsn(IF_ICMPGT, over);
            code.visitJumpInsn(GOTO, loop);
            code.visitLabel(over);
            code.visitFrame(F_NEW, 2, new Object[] {INTEGER, INTEGER}, 0, new Object[0]);
            code.visitVarInsn(ILOAD, 0);
            code.visitInsn(IRETURN);
        });
        Class<?> woven = weave(classFile, "SeesReceiver");
        Object made = woven.getConstructor().newInstance();
        assertEquals(51, woven.getMethod("method", int.class).invoke(made, 50));
        assertEquals(List.of("enter " + woven.getSimpleName(), "exit " + woven.getSimpleName() + " 51"), Events.take());
        // Denied, it never comes to its own frames.
        woven = weave(classFile, "DenyQuietly");
        assertEquals(
                0,
                woven.getMethod("method", int.class)
                        .invoke(woven.getConstructor().newInstance(), 50));
    }

    @Test
    void deadCodeAndAnEndlessLoop() throws Exception {
        byte[] classFile = method(ACC_PUBLIC | ACC_STATIC, "(I)V", code -> {
            Label loop = new Label();
            Label over = new Label();
            code.visitLabel(loop);
            code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 0, new Object[0]);
            code.visitIincInsn(0, 1);
            code.visitVarInsn(ILOAD, 0);
            code.visitIntInsn(BIPUSH, 50);
            code.visitJumpInsn(IF_ICMPGT, over);
            code.visitJumpInsn(GOTO, loop);
            code.visitLabel(over);
            code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 0, new Object[0]);
            code.visitInsn(RETURN);
        });
        weave(classFile, "Both").getMethod("method", int.class).invoke(null, 0);
        assertEquals(List.of("enter", "exit token"), Events.take());
    }

    @Test
    void manyLocals() throws Exception {
        byte[] classFile = method(ACC_PUBLIC | ACC_STATIC, "(I)I", code -> {
            Label far = new Label();
            code.visitVarInsn(ILOAD, 0);
            code.visitJumpInsn(IFEQ, far);
            for (int i = 1; i <= 300; i++) {
                code.visitVarInsn(ILOAD, 0);
                code.visitIntInsn(SIPUSH, i);
                code.visitInsn(IADD);
                code.visitVarInsn(ISTORE, i);
            }
            for (int i = 0; i < 1500; i++) code.visitIincInsn(300, 1);
            for (int i = 0; i < 1500; i++) code.visitIincInsn(300, -1);
            code.visitVarInsn(ILOAD, 300);
            code.visitInsn(IRETURN);
            code.visitLabel(far);
            code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 0, new Object[0]);
            code.visitInsn(ICONST_M1);
            code.visitInsn(IRETURN);
        });
        Class<?> woven = weave(classFile, "Both");
        assertEquals(307, woven.getMethod("method", int.class).invoke(null, 7));
        assertEquals(-1, woven.getMethod("method", int.class).invoke(null, 0));
        assertEquals(List.of("enter", "exit token", "enter", "exit token"), Events.take());
    }

    @Test
    void aMethodThatBecomesTooLargeIsRefused() throws Exception {
        byte[] classFile = method(ACC_PUBLIC | ACC_STATIC, "(I)I", code -> {
            for (int i = 0; i < 65_530 / 3; i++) code.visitIincInsn(0, 1);
            code.visitVarInsn(ILOAD, 0);
            code.visitInsn(IRETURN);
        });
        refused(classFile, "Method too large: sample/Generated.method (I)I");
    }

    @Test
    void aLargeSwitch() throws Exception {
        byte[] classFile = method(ACC_PUBLIC | ACC_STATIC, "(I)I", code -> {
            Label other = new Label();
            Label[] labels = new Label[2000];
            Arrays.setAll(labels, i -> new Label());
            code.visitVarInsn(ILOAD, 0);
            code.visitTableSwitchInsn(0, labels.length - 1, other, labels);
            for (int i = 0; i < labels.length; i++) {
                code.visitLabel(labels[i]);
                code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 0, new Object[0]);
                code.visitIntInsn(SIPUSH, i * 3);
                code.visitInsn(IRETURN);
            }
            code.visitLabel(other);
            code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 0, new Object[0]);
            code.visitInsn(ICONST_M1);
            code.visitInsn(IRETURN);
        });
        Class<?> woven = weave(classFile, "IntResult");
        assertEquals(59_970, woven.getMethod("method", int.class).invoke(null, 1999));
        assertEquals(-10, woven.getMethod("method", int.class).invoke(null, 2000));
    }

    @Test
    void anUninitialisedObjectAcrossABranch() throws Exception {
        byte[] classFile = method(ACC_PUBLIC | ACC_STATIC, "(I)Ljava/lang/String;", code -> {
            Label fresh = new Label();
            Label other = new Label();
            Label construct = new Label();
            code.visitLabel(fresh);
            code.visitTypeInsn(NEW, "java/lang/String");
            code.visitInsn(DUP);
            code.visitVarInsn(ILOAD, 0);
            code.visitJumpInsn(IFEQ, other);
            code.visitLdcInsn("one");
            code.visitJumpInsn(GOTO, construct);
            code.visitLabel(other);
            code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 2, new Object[] {fresh, fresh});
            code.visitLdcInsn("zero");
            code.visitLabel(construct);
            code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 3, new Object[] {fresh, fresh, "java/lang/String"});
            code.visitMethodInsn(INVOKESPECIAL, "java/lang/String", "<init>", "(Ljava/lang/String;)V", false);
            code.visitInsn(ARETURN);
        });
        Class<?> woven = weave(classFile, "StringResult");
        assertEquals("<zero>", woven.getMethod("method", int.class).invoke(null, 0));
        assertEquals("<one>", woven.getMethod("method", int.class).invoke(null, 1));
    }

    @Test
    void annotationsOnVariablesMoveWithThem() throws Exception {
        byte[] classFile = method(ACC_PUBLIC | ACC_STATIC, "(I)I", code -> {
            Label start = new Label();
            Label end = new Label();
            code.visitInsn(ICONST_4);
            code.visitVarInsn(ISTORE, 1);
            code.visitLabel(start);
            code.visitVarInsn(ILOAD, 1);
            code.visitInsn(IRETURN);
            code.visitLabel(end);
            code.visitLocalVariable("four", "I", null, start, end, 1);
            code.visitLocalVariableAnnotation(
                    TypeReference.newTypeReference(TypeReference.LOCAL_VARIABLE).getValue(),
                    null,
                    new Label[] {start},
                    new Label[] {end},
                    new int[] {1},
                    "Lsample/Marked;",
                    true);
        });
        byte[] woven = loom.transform(
                classFile,
                "sample.Generated",
                weaving -> weaving.type("sample.Generated").method("method", "Both"));
        AtomicReference<int[]> annotated = new AtomicReference<>();
        AtomicReference<Integer> named = new AtomicReference<>();
        new ClassReader(woven)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitLocalVariable(
                                            String variable,
                                            String type,
                                            String generic,
                                            Label start,
                                            Label end,
                                            int slot) {
                                        named.set(slot);
                                    }

                                    @Override
                                    public AnnotationVisitor visitLocalVariableAnnotation(
                                            int typeRef,
                                            TypePath typePath,
                                            Label[] start,
                                            Label[] end,
                                            int[] slots,
                                            String annotation,
                                            boolean visible) {
                                        annotated.set(slots);
                                        return null;
                                    }
                                };
                            }
                        },
                        0);
        assertNotNull(named.get());
        assertTrue(named.get() > 1, "moved up");
        assertArrayEquals(new int[] {named.get()}, annotated.get());
    }

    @Test
    void abstractAndNativeMethodsAreLeftAlone() throws Exception {
        byte[] classFile = generate(V17, writer -> {
            writer.visit(
                    V17, ACC_PUBLIC | ACC_SUPER | ACC_ABSTRACT, "sample/Generated", null, "java/lang/Object", null);
            writer.visitMethod(ACC_PUBLIC | ACC_ABSTRACT, "method", "()V", null, null)
                    .visitEnd();
            writer.visitMethod(ACC_PUBLIC | ACC_NATIVE, "method", "(I)V", null, null)
                    .visitEnd();
        });
        assertNull(loom.transform(
                classFile,
                "sample.Generated",
                weaving -> weaving.type("sample.Generated").method("method", "Both")));
        assertEquals(List.of(), loom.said);
    }

    @Test
    void aClassOlderThanJava6IsLeftAloneAndSaidOncePerAdapter() throws Exception {
        byte[] classFile = generate(V1_5, writer -> {
            MethodVisitor code = writer.visitMethod(ACC_PUBLIC, "method", "()V", null, null);
            code.visitCode();
            code.visitInsn(RETURN);
            code.visitMaxs(0, 0);
            code.visitEnd();
        });
        Weaver weaver = loom.weaver(weaving -> weaving.type("sample.Generated")
                .method("method", "Both")
                .weaving
                .type("sample.Other")
                .method("method", "Both"));
        ClassLoader loader = getClass().getClassLoader();
        assertNull(weaver.transform(loader, "sample/Generated", null, null, classFile));
        assertNull(weaver.transform(loader, "sample/Other", null, null, classFile));
        assertEquals(List.of("passed over sample.Generated: its class file is older than Java 7"), loom.said);
    }

    private static byte[] java6(boolean frames) {
        return generate(V1_6, writer -> {
            MethodVisitor code = writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "method", "(I)I", null, null);
            code.visitCode();
            Label end = new Label();
            code.visitVarInsn(ILOAD, 0);
            code.visitJumpInsn(IFNE, end);
            code.visitIincInsn(0, 7);
            code.visitLabel(end);
            if (frames) code.visitFrame(F_NEW, 1, new Object[] {INTEGER}, 0, new Object[0]);
            code.visitVarInsn(ILOAD, 0);
            code.visitInsn(IRETURN);
            code.visitMaxs(0, 0);
            code.visitEnd();
        });
    }

    @Test
    void aClassOfJava6IsWoven() throws Exception {
        assertEquals(
                7, weave(java6(true), "Both").getMethod("method", int.class).invoke(null, 0));
        assertEquals(List.of("enter", "exit token"), Events.take());
    }

    @Test
    void aClassOfJava6WithoutFramesIsLeftAlone() throws Exception {
        refused(java6(false), "its class file is older than Java 7");
    }

    @Test
    void aClassOfJava6ThatIsNotKnownByNameIsLeftAlone() throws Exception {
        assertNull(loom.transform(
                java6(true),
                "sample.Generated",
                weaving -> weaving.subclassesOf("java.lang.Object", "method").method("method", "Both")));
    }

    @Test
    void anInterfaceIsLeftAlone() throws Exception {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(
                V17, ACC_PUBLIC | ACC_INTERFACE | ACC_ABSTRACT, "sample/Generated", null, "java/lang/Object", null);
        writer.visitMethod(ACC_PUBLIC | ACC_ABSTRACT, "method", "()V", null, null)
                .visitEnd();
        assertNull(loom.transform(
                writer.toByteArray(),
                "sample.Generated",
                weaving -> weaving.type("sample.Generated").method("method", "Both")));
        assertEquals(List.of(), loom.said);
    }
}
