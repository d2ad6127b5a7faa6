package dev.weir.instrumentation.weaving;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Where a woven method keeps its variables: the parameters, then what the weaver adds (what the method takes for its
 * receiver, if it needs that variable for something else; copies of the arguments for the exit advice, the token, whether enter advice returned, the result, the exception), then the method's own, moved up.
 */
final class Locals {

    private static final String OBJECT = "java/lang/Object";
    private static final String THROWABLE = "java/lang/Throwable";

    final int parameterSlots;
    final int[] argumentSlots;
    final int[] copySlots;
    final int copies;
    /** What the method itself uses instead of the receiver's variable; 0 where it leaves that alone. */
    final int receiverSlot;

    final int tokenSlot;
    final int enteredSlot;
    final int resultSlot;
    final int thrownSlot;

    private final String owner;
    private final boolean constructor;
    private final boolean isStatic;
    private final boolean pairs;
    private final Type[] arguments;
    private final Type returned;
    private final int addedSlots;

    /**
     * @param copies how many arguments the exit advice takes
     * @param pairs whether there is enter advice and exit advice
     * @param reuses whether the method uses the receiver's variable for something else
     */
    Locals(
            String owner,
            boolean constructor,
            boolean isStatic,
            Type[] arguments,
            Type returned,
            int copies,
            boolean pairs,
            boolean reuses) {
        this.owner = owner;
        this.constructor = constructor;
        this.isStatic = isStatic;
        this.arguments = arguments;
        this.returned = returned;
        this.copies = copies;
        this.pairs = pairs;
        argumentSlots = new int[arguments.length];
        int slot = isStatic ? 0 : 1;
        for (int i = 0; i < arguments.length; i++) {
            argumentSlots[i] = slot;
            slot += arguments[i].getSize();
        }
        parameterSlots = slot;
        receiverSlot = reuses ? slot++ : 0;
        copySlots = new int[copies];
        for (int i = 0; i < copies; i++) {
            copySlots[i] = slot;
            slot += arguments[i].getSize();
        }
        tokenSlot = slot++;
        enteredSlot = pairs ? slot++ : -1;
        // Result and exception live to the very end, so they get slots of their own in every frame.
        resultSlot = slot;
        slot += returned.getSize();
        thrownSlot = slot++;
        addedSlots = slot - parameterSlots;
    }

    /** Where one of the method's own variables is now. */
    int moved(int slot) {
        if (slot == 0 && receiverSlot > 0) return receiverSlot;
        return slot < parameterSlots ? slot : slot + addedSlots;
    }

    /** One of the method's own frames as it is now; {@code null} when a variable lies across the parameters' end. */
    @Nullable
    List<Object> moved(Object[] local, int count) {
        List<Object> frame = new ArrayList<>(count + addedSlots);
        int slot = 0;
        int i = 0;
        while (i < count && slot < parameterSlots) {
            Object entry = local[i++];
            frame.add(entry);
            slot += entry == Opcodes.LONG || entry == Opcodes.DOUBLE ? 2 : 1;
        }
        if (slot > parameterSlots) return null;
        for (; slot < parameterSlots; slot++) frame.add(Opcodes.TOP);
        if (receiverSlot > 0) {
            frame.add(frame.get(0));
            frame.set(0, owner);
        }
        addAdded(frame, false);
        while (i < count) frame.add(local[i++]);
        return trimmed(frame);
    }

    /**
     * A frame between advice and body.
     *
     * @param parameters whether the parameters still have their declared types; after the body nothing is known of
     *     them
     * @param outcome whether result and exception are set
     */
    List<Object> frame(boolean parameters, boolean outcome) {
        List<Object> frame = new ArrayList<>();
        if (!isStatic) {
            if (parameters && constructor) frame.add(Opcodes.UNINITIALIZED_THIS);
            else frame.add(owner);
        }
        for (Type argument : arguments) {
            if (parameters) {
                frame.add(verificationType(argument));
            } else {
                for (int i = 0; i < argument.getSize(); i++) frame.add(Opcodes.TOP);
            }
        }
        if (receiverSlot > 0) frame.add(parameters ? owner : Opcodes.TOP);
        addAdded(frame, outcome);
        return trimmed(frame);
    }

    private void addAdded(List<Object> frame, boolean outcome) {
        for (int i = 0; i < copies; i++) frame.add(verificationType(arguments[i]));
        frame.add(OBJECT);
        if (pairs) frame.add(Opcodes.INTEGER);
        if (outcome) {
            if (returned != Type.VOID_TYPE) frame.add(verificationType(returned));
            frame.add(THROWABLE);
            return;
        }
        for (int i = 0; i <= returned.getSize(); i++) frame.add(Opcodes.TOP);
    }

    /** A frame may not speak of more variables than the method's code touches. */
    private static List<Object> trimmed(List<Object> frame) {
        while (!frame.isEmpty() && frame.get(frame.size() - 1) == Opcodes.TOP) frame.remove(frame.size() - 1);
        return frame;
    }

    private static Object verificationType(Type type) {
        return switch (type.getSort()) {
            case Type.BOOLEAN, Type.BYTE, Type.CHAR, Type.SHORT, Type.INT -> Opcodes.INTEGER;
            case Type.FLOAT -> Opcodes.FLOAT;
            case Type.LONG -> Opcodes.LONG;
            case Type.DOUBLE -> Opcodes.DOUBLE;
            default -> type.getInternalName();
        };
    }
}
