package dev.weir.instrumentation.weaving;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Which advice methods an advice class has. Read from its class file, so that nothing it refers to is loaded. */
final class AdviceShape {

    /** An {@code argument<N>} method. */
    record Replacement(int argument, String name, String descriptor) {}

    final String internalName;
    final @Nullable String enter;
    final @Nullable String exit;
    final List<Replacement> replacements;
    /** Whether it is advice for methods of any shape: {@code enterAny}, {@code exitAny}. */
    final boolean any;

    private AdviceShape(
            String internalName,
            @Nullable String enter,
            @Nullable String exit,
            List<Replacement> replacements,
            boolean any) {
        this.any = any;
        this.internalName = internalName;
        this.enter = enter;
        this.exit = exit;
        this.replacements = replacements;
    }

    /** @throws WeavingException when the class has no advice method */
    static AdviceShape read(byte[] classFile, Renaming renaming) {
        ClassReader reader = new ClassReader(classFile);
        String[] ends = new String[2];
        List<Replacement> replacements = new ArrayList<>();
        Set<String> names = new HashSet<>();
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public @Nullable MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        if ((access & Opcodes.ACC_STATIC) == 0) return null;
                        String renamed = renaming.apply(descriptor);
                        if (!isAdvice(name)) return null;
                        if (!names.add(name)) {
                            throw new WeavingException(reader.getClassName() + " has more than one method " + name);
                        }
                        if (name.equals("enter") || name.equals("enterAny")) ends[0] = renamed;
                        else if (name.equals("exit") || name.equals("exitAny")) ends[1] = renamed;
                        else replacements.add(new Replacement(Integer.parseInt(name.substring(8)), name, renamed));
                        return null;
                    }
                },
                ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        if (ends[0] == null && ends[1] == null && replacements.isEmpty()) {
            throw new WeavingException(reader.getClassName() + " has no static enter, exit or argument<N> method");
        }
        if (ends[0] != null && ends[0].endsWith(")Ldev/weir/bootstrap/Call;") && ends[1] == null) {
            throw new WeavingException(
                    reader.getClassName() + ".enter can deny, so there must be an exit to tell the application");
        }
        boolean any = names.contains("enterAny") || names.contains("exitAny");
        if (any && (names.contains("enter") || names.contains("exit") || !replacements.isEmpty())) {
            throw new WeavingException(reader.getClassName() + " is for methods of one shape and of any shape at once");
        }
        return new AdviceShape(reader.getClassName(), ends[0], ends[1], replacements, any);
    }

    /** Whether a static method of this name is called from woven code. */
    static boolean isAdvice(String name) {
        switch (name) {
            case "enter", "exit", "enterAny", "exitAny" -> {
                return true;
            }
            default -> {}
        }
        if (!name.startsWith("argument") || name.length() < 9 || name.length() > 11) return false;
        for (int i = 8; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') return false;
        }
        return true;
    }

    /** The descriptor of one advice method. */
    String descriptor(String name) {
        String found = name.startsWith("enter") ? enter : name.startsWith("exit") ? exit : null;
        for (Replacement replacement : replacements) {
            if (replacement.name().equals(name)) found = replacement.descriptor();
        }
        if (found == null) throw new WeavingException(internalName + " has no method " + name);
        return found;
    }

    /** The woven class cannot name an adapter's own types: its loader does not know them. */
    static String withoutOurs(String descriptor) {
        Type[] parameters = Type.getArgumentTypes(descriptor);
        for (int i = 0; i < parameters.length; i++) {
            if (isOurs(parameters[i])) parameters[i] = Type.getType(Object.class);
        }
        Type result = Type.getReturnType(descriptor);
        return Type.getMethodDescriptor(isOurs(result) ? Type.getType(Object.class) : result, parameters);
    }

    static boolean isOurs(Type type) {
        return switch (type.getSort()) {
            case Type.ARRAY -> isOurs(type.getElementType());
            case Type.OBJECT -> ClassFiles.isAdvice(type.getInternalName());
            default -> false;
        };
    }
}
