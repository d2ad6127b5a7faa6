package dev.weir.instrumentation.weaving;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Calls the advice of one woven method with as much of what the method has to give as the advice asks for. */
final class AdviceCall {

    private static final String OBJECT = "java/lang/Object";
    private static final String THROWABLE = "java/lang/Throwable";
    private static final Handle DISPATCHER = new Handle(
            Opcodes.H_INVOKESTATIC,
            "dev/weir/bootstrap/AdviceDispatcher",
            "link",
            "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;"
                    + "Ljava/lang/String;Ljava/lang/String;)Ljava/lang/invoke/CallSite;",
            false);

    private final MethodVisitor mv;
    private final String owner;
    private final String where;
    private final boolean constructor;
    private final boolean isStatic;
    private final Type[] arguments;
    private final AdviceShape advice;
    private final boolean onBootLoader;
    private final String renaming;
    private final @Nullable Field field;
    private final Locals locals;

    AdviceCall(
            MethodVisitor mv,
            String owner,
            String where,
            boolean constructor,
            boolean isStatic,
            Type[] arguments,
            AdviceShape advice,
            boolean onBootLoader,
            String renaming,
            @Nullable Field field,
            Locals locals) {
        this.mv = mv;
        this.owner = owner;
        this.where = where;
        this.constructor = constructor;
        this.isStatic = isStatic;
        this.arguments = arguments;
        this.advice = advice;
        this.onBootLoader = onBootLoader;
        this.renaming = renaming;
        this.field = field;
        this.locals = locals;
    }

    void enter(String descriptor) {
        List<Source> sources = new ArrayList<>();
        if (advice.any) addPacked(sources);
        else addReceiverAndArguments(sources, false);
        call(advice.any ? "enterAny" : "enter", descriptor, sources);
    }

    void replacement(AdviceShape.Replacement replacement) {
        List<Source> sources = new ArrayList<>();
        addToken(sources);
        addReceiverAndArguments(sources, false);
        call(replacement.name(), replacement.descriptor(), sources);
    }

    void exit(String descriptor, Type returned) {
        List<Source> sources = new ArrayList<>();
        addToken(sources);
        if (!constructor) {
            if (returned != Type.VOID_TYPE) sources.add(new Source(returned, locals.resultSlot));
            else if (advice.any) sources.add(new Source(Type.getObjectType(OBJECT), Source.NULL));
            sources.add(new Source(Type.getObjectType(THROWABLE), locals.thrownSlot));
        }
        if (!advice.any) addReceiverAndArguments(sources, true);
        call(advice.any ? "exitAny" : "exit", descriptor, sources);
    }

    /** A field of the woven class. */
    record Field(String name, Type type) {}

    /** Where a parameter of advice comes from: a variable, or one of the negative constants. */
    private record Source(Type type, int slot) {
        static final int NULL = -1;
        static final int METHOD_NAME = -2;
        static final int ALL_ARGUMENTS = -3;
        static final int FIELD = -4;
    }

    private void addPacked(List<Source> sources) {
        sources.add(new Source(Type.getType(String.class), Source.METHOD_NAME));
        sources.add(new Source(Type.getType(Object[].class), Source.ALL_ARGUMENTS));
    }

    private void push(Source source) {
        switch (source.slot()) {
            case Source.NULL -> mv.visitInsn(Opcodes.ACONST_NULL);
            case Source.METHOD_NAME -> mv.visitLdcInsn(where.substring(0, where.indexOf('(')));
            case Source.ALL_ARGUMENTS -> pushAllArguments();
            case Source.FIELD -> pushField();
            default -> mv.visitVarInsn(source.type().getOpcode(Opcodes.ILOAD), source.slot());
        }
    }

    private void pushField() {
        if (field == null) throw new WeavingException(where + ": no field");
        mv.visitVarInsn(Opcodes.ALOAD, 0);
        mv.visitFieldInsn(Opcodes.GETFIELD, owner, field.name(), field.type().getDescriptor());
    }

    private void pushAllArguments() {
        mv.visitIntInsn(Opcodes.SIPUSH, arguments.length);
        mv.visitTypeInsn(Opcodes.ANEWARRAY, OBJECT);
        for (int i = 0; i < arguments.length; i++) {
            mv.visitInsn(Opcodes.DUP);
            mv.visitIntInsn(Opcodes.SIPUSH, i);
            mv.visitVarInsn(arguments[i].getOpcode(Opcodes.ILOAD), locals.argumentSlots[i]);
            if (arguments[i].getSort() < Type.ARRAY) box(arguments[i]);
            mv.visitInsn(Opcodes.AASTORE);
        }
    }

    private void addToken(List<Source> sources) {
        if (advice.enter != null) sources.add(new Source(Type.getObjectType(OBJECT), locals.tokenSlot));
    }

    private void addReceiverAndArguments(List<Source> sources, boolean atExit) {
        if (!isStatic && (!constructor || atExit)) {
            Type whole = Type.getObjectType(owner);
            sources.add(field == null ? new Source(whole, 0) : new Source(field.type(), Source.FIELD));
        }
        for (int i = 0; i < arguments.length; i++) {
            if (atExit && i >= locals.copies) return;
            sources.add(new Source(arguments[i], atExit ? locals.copySlots[i] : locals.argumentSlots[i]));
        }
    }

    private void call(String name, String descriptor, List<Source> sources) {
        Type[] wanted = Type.getArgumentTypes(descriptor);
        if (wanted.length > sources.size()) {
            throw new WeavingException(
                    advice.internalName + "." + name + descriptor + " wants more than " + where + " has to give");
        }
        for (int i = 0; i < wanted.length; i++) {
            Source source = sources.get(i);
            boolean boxed = source.type().getSort() < Type.ARRAY
                    && wanted[i].getSort() == Type.OBJECT
                    && wanted[i].getInternalName().equals(OBJECT);
            boolean primitive = source.type().getSort() < Type.ARRAY || wanted[i].getSort() < Type.ARRAY;
            if (primitive && !boxed && !source.type().equals(wanted[i])) {
                throw new WeavingException(
                        advice.internalName + "." + name + descriptor + " parameter " + i + " does not fit " + where);
            }
            push(source);
            if (boxed) box(source.type());
            else if (onBootLoader || !AdviceShape.isOurs(wanted[i])) castTo(wanted[i], source.type());
        }
        if (onBootLoader) {
            mv.visitMethodInsn(Opcodes.INVOKESTATIC, advice.internalName, name, descriptor, false);
        } else {
            mv.visitInvokeDynamicInsn(
                    name,
                    AdviceShape.withoutOurs(descriptor),
                    DISPATCHER,
                    advice.internalName.replace('/', '.'),
                    renaming);
        }
    }

    private void box(Type primitive) {
        String box = switch (primitive.getSort()) {
            case Type.BOOLEAN -> "java/lang/Boolean";
            case Type.BYTE -> "java/lang/Byte";
            case Type.CHAR -> "java/lang/Character";
            case Type.SHORT -> "java/lang/Short";
            case Type.INT -> "java/lang/Integer";
            case Type.LONG -> "java/lang/Long";
            case Type.FLOAT -> "java/lang/Float";
            default -> "java/lang/Double";
        };
        String descriptor = "(" + primitive.getDescriptor() + ")L" + box + ";";
        mv.visitMethodInsn(Opcodes.INVOKESTATIC, box, "valueOf", descriptor, false);
    }

    /** Casts what lies on the stack, unless it is known to fit. */
    void castTo(Type wanted, Type given) {
        if (wanted.equals(given) || wanted.getSort() < Type.ARRAY) return;
        if (wanted.getInternalName().equals(OBJECT)) return;
        mv.visitTypeInsn(Opcodes.CHECKCAST, wanted.getInternalName());
    }
}
