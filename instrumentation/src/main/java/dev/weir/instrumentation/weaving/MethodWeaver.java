package dev.weir.instrumentation.weaving;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.TypePath;

/**
 * Puts calls to advice around one method.
 *
 * <p>New local variables stand right behind the parameters (copies of the arguments for the exit advice, the token, the
 * result, the exception); the method's own variables move up. Written without the help of frame computation, because
 * that would have to load the classes a method speaks of.
 */
final class MethodWeaver extends OperandStack {

    private static final String THROWABLE = "java/lang/Throwable";
    private static final String FUSE = "dev/weir/bootstrap/Fuse";
    private static final String CALL = "dev/weir/bootstrap/Call";
    private static final String DENIED = "dev/weir/bootstrap/Call$Denied";

    private final String where;
    private final boolean constructor;
    private final boolean isStatic;
    private final Type[] arguments;
    private final Type returned;
    private final AdviceShape advice;
    private final int fuse;

    private final Locals locals;
    private final AdviceCall call;
    private final boolean catches;
    private final boolean pairs;

    private final Label bodyStart = new Label();
    private final Label common = new Label();
    private final Label skipped = new Label();
    private boolean skippable;

    MethodWeaver(
            MethodVisitor next,
            String owner,
            int access,
            String name,
            String descriptor,
            AdviceShape advice,
            int fuse,
            boolean onBootLoader,
            String renaming,
            AdviceCall.@Nullable Field field,
            boolean reusesReceiver) {
        super(next);
        this.where = owner.replace('/', '.') + "." + name + descriptor;
        this.constructor = name.equals("<init>");
        this.isStatic = (access & Opcodes.ACC_STATIC) != 0;
        this.arguments = Type.getArgumentTypes(descriptor);
        this.returned = Type.getReturnType(descriptor);
        this.advice = advice;
        this.fuse = fuse;

        this.pairs = advice.enter != null && advice.exit != null;
        this.locals = new Locals(
                owner,
                constructor,
                isStatic,
                arguments,
                returned,
                advice.exit == null ? 0 : argumentsOfExit(),
                pairs,
                reusesReceiver && !isStatic && !constructor);
        call = new AdviceCall(
                next, owner, where, constructor, isStatic, arguments, advice, onBootLoader, renaming, field, locals);
        catches = advice.exit != null && !constructor;
    }

    /** How many of the method's arguments the exit advice takes. */
    private int argumentsOfExit() {
        if (advice.any) return 0;
        int before = (advice.enter == null ? 0 : 1)
                + (constructor ? 0 : (returned == Type.VOID_TYPE ? 0 : 1) + 1)
                + (isStatic ? 0 : 1);
        return Math.min(arguments.length, Math.max(0, Type.getArgumentTypes(exit()).length - before));
    }

    private String exit() {
        if (advice.exit == null) throw new WeavingException(where + ": no exit advice");
        return advice.exit;
    }

    // ---- the way in

    @Override
    public void visitCode() {
        super.visitCode();
        if (locals.receiverSlot > 0) {
            mv.visitVarInsn(Opcodes.ALOAD, 0);
            mv.visitVarInsn(Opcodes.ASTORE, locals.receiverSlot);
        }
        for (int i = 0; i < locals.copies; i++) {
            mv.visitVarInsn(arguments[i].getOpcode(Opcodes.ILOAD), locals.argumentSlots[i]);
            mv.visitVarInsn(arguments[i].getOpcode(Opcodes.ISTORE), locals.copySlots[i]);
        }
        mv.visitInsn(Opcodes.ACONST_NULL);
        mv.visitVarInsn(Opcodes.ASTORE, locals.tokenSlot);
        markEntered(Opcodes.ICONST_0);
        if (advice.enter != null || !advice.replacements.isEmpty()) callEnter();
        if (skippable) {
            mv.visitVarInsn(Opcodes.ALOAD, locals.tokenSlot);
            mv.visitTypeInsn(Opcodes.INSTANCEOF, DENIED);
            mv.visitJumpInsn(Opcodes.IFNE, skipped);
        }
        // Keeps a frame of ours and a frame of the body from falling on one instruction.
        mv.visitInsn(Opcodes.NOP);
        mv.visitLabel(bodyStart);
    }

    private void callEnter() {
        Label start = new Label();
        Label end = new Label();
        Label failed = new Label();
        Label after = new Label();
        mv.visitTryCatchBlock(start, end, failed, THROWABLE);
        pushFuse();
        mv.visitMethodInsn(Opcodes.INVOKESTATIC, FUSE, "intact", "(I)Z", false);
        mv.visitJumpInsn(Opcodes.IFEQ, after);
        mv.visitLabel(start);
        if (advice.enter != null) {
            call.enter(advice.enter);
            Type token = Type.getReturnType(advice.enter);
            if (token.getSort() == Type.OBJECT || token.getSort() == Type.ARRAY) {
                mv.visitVarInsn(Opcodes.ASTORE, locals.tokenSlot);
                skippable = !constructor && token.getInternalName().equals(CALL);
            } else if (token != Type.VOID_TYPE) {
                throw new WeavingException(advice.internalName + ".enter must return a reference or nothing");
            }
            markEntered(Opcodes.ICONST_1);
        }
        for (AdviceShape.Replacement replacement : advice.replacements) replace(replacement);
        mv.visitLabel(end);
        mv.visitJumpInsn(Opcodes.GOTO, after);
        mv.visitLabel(failed);
        frame(true, false, THROWABLE);
        pushFuse();
        mv.visitMethodInsn(Opcodes.INVOKESTATIC, FUSE, "blow", "(Ljava/lang/Throwable;I)V", false);
        mv.visitLabel(after);
        frame(true, false, null);
    }

    /** Exit advice follows enter advice that returned, and no other: a fuse may blow, or be turned off, in between. */
    private void markEntered(int constant) {
        if (!pairs) return;
        mv.visitInsn(constant);
        mv.visitVarInsn(Opcodes.ISTORE, locals.enteredSlot);
    }

    private void replace(AdviceShape.Replacement replacement) {
        if (replacement.argument() >= arguments.length) {
            throw new WeavingException(where + " has no argument " + replacement.argument());
        }
        call.replacement(replacement);
        Type declared = arguments[replacement.argument()];
        Type given = Type.getReturnType(replacement.descriptor());
        boolean primitive = declared.getSort() < Type.ARRAY || given.getSort() < Type.ARRAY;
        if (primitive && !declared.equals(given)) {
            throw new WeavingException(where + ": " + replacement.name() + " must return " + declared.getClassName());
        }
        call.castTo(declared, given);
        mv.visitVarInsn(declared.getOpcode(Opcodes.ISTORE), locals.argumentSlots[replacement.argument()]);
    }

    // ---- the body

    @Override
    public void visitInsn(int opcode) {
        if (opcode < Opcodes.IRETURN || opcode > Opcodes.RETURN || advice.exit == null) {
            super.visitInsn(opcode);
            return;
        }
        if (returned != Type.VOID_TYPE) mv.visitVarInsn(returned.getOpcode(Opcodes.ISTORE), locals.resultSlot);
        taken(returned.getSize());
        clear();
        mv.visitInsn(Opcodes.ACONST_NULL);
        mv.visitVarInsn(Opcodes.ASTORE, locals.thrownSlot);
        mv.visitJumpInsn(Opcodes.GOTO, common);
    }

    @Override
    public void visitVarInsn(int opcode, int slot) {
        boolean wide = opcode == Opcodes.LLOAD
                || opcode == Opcodes.DLOAD
                || opcode == Opcodes.LSTORE
                || opcode == Opcodes.DSTORE;
        if (wide && slot == locals.parameterSlots - 1) {
            throw new WeavingException(where + ": a variable lies across the end of the parameters");
        }
        if (slot == 0
                && !isStatic
                && locals.receiverSlot == 0
                && opcode >= Opcodes.ISTORE
                && opcode <= Opcodes.ASTORE) {
            throw new ReceiverReused(where);
        }
        super.visitVarInsn(opcode, locals.moved(slot));
    }

    @Override
    public void visitIincInsn(int slot, int increment) {
        super.visitIincInsn(locals.moved(slot), increment);
    }

    @Override
    public void visitLocalVariable(
            String name, String descriptor, @Nullable String signature, Label start, Label end, int slot) {
        super.visitLocalVariable(name, descriptor, signature, start, end, locals.moved(slot));
    }

    @Override
    public AnnotationVisitor visitLocalVariableAnnotation(
            int typeRef,
            TypePath typePath,
            Label[] start,
            Label[] end,
            int[] slots,
            String descriptor,
            boolean visible) {
        int[] moved = new int[slots.length];
        for (int i = 0; i < slots.length; i++) moved[i] = locals.moved(slots[i]);
        return super.visitLocalVariableAnnotation(typeRef, typePath, start, end, moved, descriptor, visible);
    }

    @Override
    public void visitFrame(int type, int numLocal, Object[] local, int numStack, Object[] stack) {
        List<Object> moved = locals.moved(local, numLocal);
        if (moved == null) {
            throw new WeavingException(where + ": a variable lies across the end of the parameters");
        }
        super.visitFrame(Opcodes.F_NEW, moved.size(), moved.toArray(), numStack, stack);
    }

    // ---- the way out

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
        if (advice.exit != null || skippable) wayOut();
        super.visitMaxs(maxStack, maxLocals);
    }

    private void wayOut() {
        if (catches) {
            Label bodyEnd = new Label();
            mv.visitLabel(bodyEnd);
            // Last in the table: the body's own handlers come first.
            mv.visitTryCatchBlock(bodyStart, bodyEnd, bodyEnd, THROWABLE);
            frame(false, false, THROWABLE);
            mv.visitVarInsn(Opcodes.ASTORE, locals.thrownSlot);
            pushDefault();
            if (returned != Type.VOID_TYPE) mv.visitVarInsn(returned.getOpcode(Opcodes.ISTORE), locals.resultSlot);
            mv.visitJumpInsn(Opcodes.GOTO, common);
        }
        if (skippable) {
            mv.visitLabel(skipped);
            frame(true, false, null);
            pushDefault();
            if (advice.exit == null) {
                mv.visitInsn(returned.getOpcode(Opcodes.IRETURN));
                return;
            }
            if (returned != Type.VOID_TYPE) mv.visitVarInsn(returned.getOpcode(Opcodes.ISTORE), locals.resultSlot);
            mv.visitInsn(Opcodes.ACONST_NULL);
            mv.visitVarInsn(Opcodes.ASTORE, locals.thrownSlot);
        }
        callExit();
    }

    private void callExit() {
        Label start = new Label();
        Label end = new Label();
        Label failed = new Label();
        Label after = new Label();
        Label normally = new Label();
        mv.visitTryCatchBlock(start, end, failed, THROWABLE);
        mv.visitLabel(common);
        frame(false, true, null);
        if (pairs) {
            mv.visitVarInsn(Opcodes.ILOAD, locals.enteredSlot);
        } else {
            pushFuse();
            mv.visitMethodInsn(Opcodes.INVOKESTATIC, FUSE, "intact", "(I)Z", false);
        }
        mv.visitJumpInsn(Opcodes.IFEQ, after);
        mv.visitLabel(start);
        call.exit(exit(), returned);
        takeFromExit(Type.getReturnType(exit()));
        mv.visitLabel(end);
        mv.visitJumpInsn(Opcodes.GOTO, after);
        mv.visitLabel(failed);
        frame(false, true, THROWABLE);
        pushFuse();
        mv.visitVarInsn(Opcodes.ALOAD, locals.tokenSlot);
        mv.visitVarInsn(Opcodes.ALOAD, locals.thrownSlot);
        mv.visitMethodInsn(
                Opcodes.INVOKESTATIC,
                FUSE,
                "blowAtExit",
                "(Ljava/lang/Throwable;ILjava/lang/Object;Ljava/lang/Throwable;)Ljava/lang/Throwable;",
                false);
        mv.visitVarInsn(Opcodes.ASTORE, locals.thrownSlot);
        mv.visitLabel(after);
        frame(false, true, null);
        mv.visitVarInsn(Opcodes.ALOAD, locals.thrownSlot);
        mv.visitJumpInsn(Opcodes.IFNULL, normally);
        mv.visitVarInsn(Opcodes.ALOAD, locals.thrownSlot);
        mv.visitInsn(Opcodes.ATHROW);
        mv.visitLabel(normally);
        frame(false, true, null);
        if (returned != Type.VOID_TYPE) mv.visitVarInsn(returned.getOpcode(Opcodes.ILOAD), locals.resultSlot);
        mv.visitInsn(returned.getOpcode(Opcodes.IRETURN));
    }

    private void takeFromExit(Type given) {
        if (given == Type.VOID_TYPE) return;
        if (given.getSort() == Type.OBJECT && given.getInternalName().equals(THROWABLE)) {
            mv.visitVarInsn(Opcodes.ALOAD, locals.thrownSlot);
            mv.visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    FUSE,
                    "either",
                    "(Ljava/lang/Throwable;Ljava/lang/Throwable;)Ljava/lang/Throwable;",
                    false);
            mv.visitVarInsn(Opcodes.ASTORE, locals.thrownSlot);
            return;
        }
        boolean reference = returned.getSort() >= Type.ARRAY && given.getSort() >= Type.ARRAY;
        if (returned == Type.VOID_TYPE || constructor || !(reference || returned.equals(given))) {
            throw new WeavingException(
                    where + ": exit returns " + given.getClassName() + ", not " + returned.getClassName());
        }
        call.castTo(returned, given);
        mv.visitVarInsn(returned.getOpcode(Opcodes.ISTORE), locals.resultSlot);
    }

    // ---- pieces

    private void pushFuse() {
        mv.visitIntInsn(Opcodes.SIPUSH, fuse);
    }

    private void pushDefault() {
        switch (returned.getSort()) {
            case Type.VOID -> {}
            case Type.LONG -> mv.visitInsn(Opcodes.LCONST_0);
            case Type.FLOAT -> mv.visitInsn(Opcodes.FCONST_0);
            case Type.DOUBLE -> mv.visitInsn(Opcodes.DCONST_0);
            case Type.ARRAY, Type.OBJECT -> mv.visitInsn(Opcodes.ACONST_NULL);
            default -> mv.visitInsn(Opcodes.ICONST_0);
        }
    }

    private void frame(boolean parameters, boolean outcome, @Nullable String onStack) {
        List<Object> frame = locals.frame(parameters, outcome);
        Object[] stack = onStack == null ? new Object[0] : new Object[] {onStack};
        mv.visitFrame(Opcodes.F_NEW, frame.size(), frame.toArray(), stack.length, stack);
    }
}
