package dev.weir.instrumentation.weaving;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Whether a class file of Java 6 may be declared one of Java 7, which can call advice.
 *
 * <p>JVMs verify both with the frames that the compiler leaves; but those of Java 6 may have no frames, which is verified
 * in the older way, and may have subroutines.
 */
final class OldClassFile extends ClassVisitor {

    private boolean sound = true;

    private OldClassFile() {
        super(Opcodes.ASM9);
    }

    static boolean canBeJava7(ClassReader reader) {
        OldClassFile seen = new OldClassFile();
        reader.accept(seen, ClassReader.SKIP_DEBUG);
        return seen.sound;
    }

    @Override
    public MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        return new MethodVisitor(Opcodes.ASM9) {
            private boolean branches;
            private boolean frames;

            @Override
            public void visitFrame(
                    int type, int locals, Object @Nullable [] local, int stacked, Object @Nullable [] stack) {
                frames = true;
            }

            @Override
            public void visitJumpInsn(int opcode, Label label) {
                branches = true;
                if (opcode == Opcodes.JSR) sound = false;
            }

            @Override
            public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
                branches = true;
            }

            @Override
            public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
                branches = true;
            }

            @Override
            public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
                branches = true;
            }

            @Override
            public void visitEnd() {
                if (branches && !frames) sound = false;
            }
        };
    }
}
