package dev.weir.instrumentation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.CheckClassAdapter;

/** JDKs up to 17 take classes of the boot loader as they are given, and die of a bad one: so they are verified here. */
class WovenFileClassesTest extends FilesTest {

    private static final Set<String> WOVEN = Set.of(
            "java.io.File",
            "java.io.FileCleanable",
            "java.io.FileDescriptor",
            "java.io.FileInputStream",
            "java.io.FileOutputStream",
            "java.io.RandomAccessFile",
            "sun.nio.ch.FileChannelImpl",
            "sun.nio.ch.SimpleAsynchronousFileChannelImpl",
            "sun.nio.fs.UnixChannelFactory",
            "sun.nio.fs.UnixFileSystemProvider");

    @Test
    void everyWovenClassPassesTheVerifier() throws Exception {
        // Not every one has been loaded by now.
        for (String name : WOVEN) Class.forName(name, true, null);
        assertEquals(WOVEN, new TreeSet<>(woven.adapter().woven()));
        assertEquals(Set.of(), woven.adapter().unmatched());
        Map<String, byte[]> classFiles = classFiles();
        assertEquals(WOVEN, classFiles.keySet());
        for (Map.Entry<String, byte[]> woven : classFiles.entrySet()) {
            StringWriter complaints = new StringWriter();
            CheckClassAdapter.verify(new ClassReader(woven.getValue()), null, false, new PrintWriter(complaints));
            assertEquals("", complaints.toString(), woven.getKey());
        }
    }

    /** The class files as the JVM gets them, after the weaver. */
    private static Map<String, byte[]> classFiles() throws Exception {
        Map<String, byte[]> seen = new TreeMap<>();
        Instrumentation jvm = ByteBuddyAgent.install();
        ClassFileTransformer observer = new ClassFileTransformer() {
            @Override
            public byte @Nullable [] transform(
                    @Nullable ClassLoader loader,
                    @Nullable String className,
                    @Nullable Class<?> redefined,
                    @Nullable ProtectionDomain domain,
                    byte[] classFile) {
                if (className != null && WOVEN.contains(className.replace('/', '.'))) {
                    seen.put(className.replace('/', '.'), classFile.clone());
                }
                return null;
            }
        };
        jvm.addTransformer(observer, true);
        try {
            Class<?>[] types = new Class<?>[WOVEN.size()];
            int i = 0;
            for (String name : WOVEN) types[i++] = Class.forName(name, false, null);
            jvm.retransformClasses(types);
        } finally {
            jvm.removeTransformer(observer);
        }
        for (byte[] classFile : seen.values()) {
            assertTrue(new String(classFile, java.nio.charset.StandardCharsets.ISO_8859_1)
                    .contains("dev/weir/instrumentation/files/FilesInstrumentation$"));
        }
        return seen;
    }
}
