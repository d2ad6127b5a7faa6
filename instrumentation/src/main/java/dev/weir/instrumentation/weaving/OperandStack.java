package dev.weir.instrumentation.weaving;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Knows what lies on the operand stack after each instruction of a method, in words.
 *
 * <p>A return leaves behind whatever lies beneath its result, and a jump does not. The Java compiler never returns with
 * more than the result; the Kotlin compiler does, in suspending functions.
 *
 * <p>Goes by the jumps and not by the frames alone: a class that came from a class-data archive has none when the JVM gives
 * it to be woven again.
 */
abstract class OperandStack extends MethodVisitor {

    private static final byte SINGLE = 0;
    private static final byte LOWER = 1;
    private static final byte UPPER = 2;

    private byte[] words = new byte[16];
    private int depth;
    // What lies there when it is jumped to.
    private final Map<Label, byte[]> atTargets = new HashMap<>();
    // Behind a jump, a return or a throw.
    private boolean unreachable;

    OperandStack(MethodVisitor next) {
        super(Opcodes.ASM9, next);
    }

    /** Takes everything off that lies on the stack, and a jump away is to follow: what comes next is reached by others. */
    final void clear() {
        for (int top = depth; top > 0; ) {
            boolean wide = words[top - 1] == UPPER;
            mv.visitInsn(wide ? Opcodes.POP2 : Opcodes.POP);
            top -= wide ? 2 : 1;
        }
        leave();
    }

    /** This many words are gone. */
    final void taken(int count) {
        depth -= count;
    }

    private void target(Label label) {
        atTargets.putIfAbsent(label, Arrays.copyOf(words, depth));
    }

    private void leave() {
        depth = 0;
        unreachable = true;
    }

    private void push(byte word) {
        if (depth == words.length) words = Arrays.copyOf(words, 2 * depth);
        words[depth++] = word;
    }

    private void push(int size) {
        if (size == 1) push(SINGLE);
        if (size < 2) return;
        push(LOWER);
        push(UPPER);
    }

    private void effect(int takes, int gives) {
        taken(takes);
        push(gives);
    }

    /** Puts a copy of the topmost words beneath others. */
    private void copy(int count, int beneath) {
        int from = depth - count - beneath;
        byte[] top = Arrays.copyOfRange(words, depth - count, depth);
        byte[] below = Arrays.copyOfRange(words, from, depth - count);
        depth = from;
        for (byte word : top) push(word);
        for (byte word : below) push(word);
        for (byte word : top) push(word);
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
        super.visitTryCatchBlock(start, end, handler, type);
        atTargets.put(handler, new byte[] {SINGLE});
    }

    @Override
    public void visitLabel(Label label) {
        super.visitLabel(label);
        byte[] known = unreachable ? atTargets.get(label) : null;
        if (known == null) return;
        unreachable = false;
        depth = 0;
        for (byte word : known) push(word);
    }

    @Override
    public void visitFrame(int type, int numLocal, Object[] local, int numStack, Object[] stack) {
        super.visitFrame(type, numLocal, local, numStack, stack);
        depth = 0;
        unreachable = false;
        for (int i = 0; i < numStack; i++) {
            push(stack[i] == Opcodes.LONG || stack[i] == Opcodes.DOUBLE ? 2 : 1);
        }
    }

    @Override
    public void visitInsn(int opcode) {
        super.visitInsn(opcode);
        switch (opcode) {
            case Opcodes.NOP, Opcodes.INEG, Opcodes.LNEG, Opcodes.FNEG, Opcodes.DNEG -> {}
            case Opcodes.I2B, Opcodes.I2C, Opcodes.I2S, Opcodes.I2F, Opcodes.F2I -> {}
            case Opcodes.L2D, Opcodes.D2L, Opcodes.ARRAYLENGTH -> {}
            case Opcodes.LCONST_0, Opcodes.LCONST_1, Opcodes.DCONST_0, Opcodes.DCONST_1 -> push(2);
            case Opcodes.I2L, Opcodes.I2D, Opcodes.F2L, Opcodes.F2D -> effect(1, 2);
            case Opcodes.L2I, Opcodes.L2F, Opcodes.D2I, Opcodes.D2F -> effect(2, 1);
            case Opcodes.LALOAD, Opcodes.DALOAD -> effect(2, 2);
            case Opcodes.IALOAD, Opcodes.FALOAD, Opcodes.AALOAD -> effect(2, 1);
            case Opcodes.BALOAD, Opcodes.CALOAD, Opcodes.SALOAD -> effect(2, 1);
            case Opcodes.IASTORE, Opcodes.FASTORE, Opcodes.AASTORE -> taken(3);
            case Opcodes.BASTORE, Opcodes.CASTORE, Opcodes.SASTORE -> taken(3);
            case Opcodes.LASTORE, Opcodes.DASTORE -> taken(4);
            case Opcodes.POP, Opcodes.MONITORENTER, Opcodes.MONITOREXIT -> taken(1);
            case Opcodes.POP2 -> taken(2);
            case Opcodes.DUP -> copy(1, 0);
            case Opcodes.DUP_X1 -> copy(1, 1);
            case Opcodes.DUP_X2 -> copy(1, 2);
            case Opcodes.DUP2 -> copy(2, 0);
            case Opcodes.DUP2_X1 -> copy(2, 1);
            case Opcodes.DUP2_X2 -> copy(2, 2);
            case Opcodes.SWAP -> {} // Of two single words.
            case Opcodes.LSHL, Opcodes.LSHR, Opcodes.LUSHR -> taken(1);
            case Opcodes.LCMP, Opcodes.DCMPL, Opcodes.DCMPG -> effect(4, 1);
            case Opcodes.FCMPL, Opcodes.FCMPG -> effect(2, 1);
            default -> {
                if (opcode <= Opcodes.FCONST_2) push(1);
                else if (opcode <= Opcodes.LXOR) taken(isWide(opcode) ? 2 : 1);
                else leave(); // A return, or a throw.
            }
        }
    }

    // From IADD to DREM the types int, long, float and double take turns; behind them int and long do.
    private static boolean isWide(int arithmetic) {
        return (arithmetic - Opcodes.IADD) % 2 == 1;
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        super.visitIntInsn(opcode, operand);
        if (opcode != Opcodes.NEWARRAY) push(1);
    }

    @Override
    public void visitVarInsn(int opcode, int slot) {
        super.visitVarInsn(opcode, slot);
        switch (opcode) {
            case Opcodes.LLOAD, Opcodes.DLOAD -> push(2);
            case Opcodes.ILOAD, Opcodes.FLOAD, Opcodes.ALOAD -> push(1);
            case Opcodes.LSTORE, Opcodes.DSTORE -> taken(2);
            default -> taken(1);
        }
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        super.visitTypeInsn(opcode, type);
        if (opcode == Opcodes.NEW) push(1);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        super.visitFieldInsn(opcode, owner, name, descriptor);
        int size = Type.getType(descriptor).getSize();
        switch (opcode) {
            case Opcodes.GETSTATIC -> push(size);
            case Opcodes.GETFIELD -> effect(1, size);
            case Opcodes.PUTSTATIC -> taken(size);
            default -> taken(size + 1);
        }
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        invoked(descriptor, opcode != Opcodes.INVOKESTATIC);
    }

    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        invoked(descriptor, false);
    }

    private void invoked(String descriptor, boolean onObject) {
        // Of the arguments with the receiver in the upper bits, of the result in the lower two.
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        effect((sizes >> 2) - (onObject ? 0 : 1), sizes & 3);
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        super.visitJumpInsn(opcode, label);
        switch (opcode) {
            case Opcodes.GOTO -> {}
            case Opcodes.IFEQ, Opcodes.IFNE, Opcodes.IFLT, Opcodes.IFGE, Opcodes.IFGT, Opcodes.IFLE -> taken(1);
            case Opcodes.IFNULL, Opcodes.IFNONNULL -> taken(1);
            default -> taken(2);
        }
        target(label);
        if (opcode == Opcodes.GOTO) leave();
    }

    @Override
    public void visitLdcInsn(Object value) {
        super.visitLdcInsn(value);
        boolean wide = value instanceof Long
                || value instanceof Double
                || value instanceof ConstantDynamic constant && constant.getSize() == 2;
        push(wide ? 2 : 1);
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label other, Label... labels) {
        super.visitTableSwitchInsn(min, max, other, labels);
        switched(other, labels);
    }

    @Override
    public void visitLookupSwitchInsn(Label other, int[] keys, Label[] labels) {
        super.visitLookupSwitchInsn(other, keys, labels);
        switched(other, labels);
    }

    private void switched(Label other, Label[] labels) {
        taken(1);
        target(other);
        for (Label label : labels) target(label);
        leave();
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        super.visitMultiANewArrayInsn(descriptor, dimensions);
        effect(dimensions, 1);
    }
}
