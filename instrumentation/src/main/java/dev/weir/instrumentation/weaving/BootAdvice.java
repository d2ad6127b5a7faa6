package dev.weir.instrumentation.weaving;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Puts advice for classes of the boot loader on the boot loader, with everything of ours that it refers to.
 *
 * <p>Woven code there calls advice directly: linking an {@code invokedynamic} call site loads classes, which opens files,
 * which is what the woven code is in the middle of.
 */
final class BootAdvice {

    private static final String WEAVING = "dev/weir/instrumentation/weaving/";

    private final BootLoader bootLoader;
    private final ClassFiles classFiles;
    private final Set<String> defined = new HashSet<>();

    BootAdvice(BootLoader bootLoader, ClassFiles classFiles) {
        this.bootLoader = bootLoader;
        this.classFiles = classFiles;
    }

    /** Makes the class callable from woven code on the boot loader. Of one name there is one, however it is renamed. */
    synchronized void define(String internalName, Renaming renaming) throws ReflectiveOperationException {
        if (!ClassFiles.isAdvice(internalName) || !defined.add(internalName)) return;
        ClassReader reader = new ClassReader(renaming.apply(classFiles.read(internalName)));
        String superName = reader.getSuperName();
        if (superName != null) define(superName, renaming);
        for (String implemented : reader.getInterfaces()) define(implemented, renaming);
        bootLoader.define(internalName, opened(reader));
        char[] buffer = new char[reader.getMaxStringLength()];
        for (int i = 1; i < reader.getItemCount(); i++) {
            int item = reader.getItem(i);
            if (item != 0 && reader.readByte(item - 1) == 7) {
                define(elementType(reader.readUTF8(item, buffer)), renaming);
            }
        }
    }

    private static String elementType(String name) {
        if (!name.startsWith("[")) return name;
        int from = name.lastIndexOf('[') + 1;
        return name.charAt(from) == 'L' ? name.substring(from + 1, name.length() - 1) : "";
    }

    /** The class with its access opened for woven classes, and without what only the weaver needs. */
    private static byte[] opened(ClassReader reader) {
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public void visit(
                            int version,
                            int access,
                            String name,
                            @Nullable String signature,
                            @Nullable String superName,
                            String @Nullable [] interfaces) {
                        List<String> kept = new ArrayList<>(2);
                        for (String implemented : interfaces == null ? new String[0] : interfaces) {
                            if (!implemented.startsWith(WEAVING)) kept.add(implemented);
                        }
                        super.visit(
                                version,
                                access | Opcodes.ACC_PUBLIC,
                                name,
                                null,
                                superName,
                                kept.toArray(new String[0]));
                    }

                    @Override
                    public @Nullable MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        if (descriptor.contains(WEAVING)) return null;
                        int opened = AdviceShape.isAdvice(name)
                                ? (access & ~Opcodes.ACC_PRIVATE) | Opcodes.ACC_PUBLIC
                                : access;
                        return super.visitMethod(opened, name, descriptor, signature, exceptions);
                    }
                },
                0);
        return writer.toByteArray();
    }
}
