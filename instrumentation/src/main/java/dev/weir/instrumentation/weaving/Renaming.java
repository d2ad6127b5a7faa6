package dev.weir.instrumentation.weaving;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.objectweb.asm.ClassReader;

/** Reads a package in compiled advice as one of another name: {@code jakarta/servlet} as {@code javax/servlet}. */
final class Renaming {

    private static final Renaming NONE = new Renaming("", "");

    private final String from;
    private final String to;

    private Renaming(String from, String to) {
        this.from = from;
        this.to = to;
    }

    /** Reads the form {@code from>to}; empty means no change. */
    static Renaming of(String text) {
        if (text.isEmpty()) return NONE;
        int arrow = text.indexOf('>');
        return new Renaming(text.substring(0, arrow), text.substring(arrow + 1));
    }

    String apply(String text) {
        return from.isEmpty() ? text : text.replace(from, to);
    }

    /** Renames in every string of the constant pool; nothing else in a class file holds a name. */
    byte[] apply(byte[] classFile) {
        if (from.isEmpty()) return classFile;
        ClassReader reader = new ClassReader(classFile);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(classFile.length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(classFile, 0, 10);
            int end = 10;
            for (int i = 1; i < reader.getItemCount(); i++) {
                int item = reader.getItem(i);
                if (item == 0) continue;
                int tag = classFile[item - 1];
                int length = length(reader, tag, item);
                if (tag == 1) {
                    out.writeByte(1);
                    out.writeUTF(apply(utf8(classFile, item)));
                } else {
                    out.write(classFile, item - 1, length + 1);
                }
                end = item + length;
            }
            out.write(classFile, end, classFile.length - end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static int length(ClassReader reader, int tag, int item) {
        return switch (tag) {
            case 1 -> 2 + reader.readUnsignedShort(item);
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
            case 5, 6 -> 8;
            case 7, 8, 16, 19, 20 -> 2;
            case 15 -> 3;
            default -> throw new WeavingException("unknown constant pool tag " + tag);
        };
    }

    private static String utf8(byte[] classFile, int item) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(classFile, item, classFile.length - item))) {
            return in.readUTF();
        }
    }
}
