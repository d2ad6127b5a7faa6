package dev.weir.instrumentation.a2a;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Writes classes of the class path anew, with their packages under other names. */
final class MovedPackages {

    private final Map<String, String> moves = new LinkedHashMap<>();
    private final Path to;

    /** @param to where they are written */
    MovedPackages(Path to) {
        this.to = to;
    }

    /** Names of packages, with a dot at their ends. */
    MovedPackages move(String from, String into) {
        moves.put(from, into);
        return this;
    }

    /** Writes what a jar has. */
    void jar(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (entry.isDirectory()) continue;
                try (InputStream in = file.getInputStream(entry)) {
                    write(entry.getName(), in.readAllBytes());
                }
            }
        }
    }

    /** Writes a class of a directory, and all that are nested in it, with and without a name. */
    void nest(Class<?> type) throws IOException, URISyntaxException {
        Path root =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        String outermost = type.getName().replace('.', '/').replaceFirst("\\$.*", "");
        Path file = root.resolve(outermost + ".class");
        try (Stream<Path> files = Files.list(file.getParent())) {
            for (Path each : files.toList()) {
                String name = root.relativize(each).toString().replace(File.separatorChar, '/');
                if (each.equals(file) || name.startsWith(outermost + "$")) write(name, Files.readAllBytes(each));
            }
        }
    }

    private void write(String name, byte[] content) throws IOException {
        Path file = to.resolve(moved(name));
        Files.createDirectories(file.getParent());
        byte[] bytes = content;
        if (name.endsWith(".class")) {
            bytes = classFile(content);
        } else if (name.startsWith("META-INF/services/")) {
            bytes = moved(new String(content, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        }
        Files.write(file, bytes);
    }

    /** All names that a class file has stand in its constant pool. */
    private byte[] classFile(byte[] content) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length + 1024);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(in.readLong());
        int count = in.readUnsignedShort();
        out.writeShort(count);
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            out.writeByte(tag);
            switch (tag) {
                case 1 -> out.writeUTF(moved(in.readUTF()));
                case 3, 4, 9, 10, 11, 12, 17, 18 -> out.writeInt(in.readInt());
                case 5, 6 -> {
                    out.writeLong(in.readLong());
                    i++;
                }
                case 7, 8, 16, 19, 20 -> out.writeShort(in.readUnsignedShort());
                case 15 -> {
                    out.writeByte(in.readUnsignedByte());
                    out.writeShort(in.readUnsignedShort());
                }
                default -> throw new IOException("unknown constant " + tag);
            }
        }
        out.write(in.readAllBytes());
        return bytes.toByteArray();
    }

    private String moved(String text) {
        String moved = text;
        for (Map.Entry<String, String> move : moves.entrySet()) {
            moved = moved.replace(
                    move.getKey().replace('.', '/'), move.getValue().replace('.', '/'));
            // Elsewhere than at its beginning, a text may be data that says how long it is, as protocol buffers have
            // it.
            if (moved.startsWith(move.getKey()))
                moved = move.getValue() + moved.substring(move.getKey().length());
        }
        return moved.startsWith("META-INF/services/")
                ? "META-INF/services/" + moved(moved.substring("META-INF/services/".length()))
                : moved;
    }
}
