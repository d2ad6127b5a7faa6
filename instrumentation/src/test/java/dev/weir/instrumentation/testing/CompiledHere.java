package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * Classes that the running JDK compiles against this module's class path, from sources among the tests' resources: where the
 * library needs a newer JDK than Weir, or makes code of its own when the application is compiled.
 */
public final class CompiledHere {

    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        Source(URI uri, String text) {
            super(uri, Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private CompiledHere() {}

    /**
     * @param folder where its class files go to
     * @param more options of the compiler
     */
    public static Class<?> load(String className, Path folder, String... more)
            throws IOException, ReflectiveOperationException {
        compile(className, folder, more);
        URL[] place = {folder.toUri().toURL()};
        return new URLClassLoader(place, CompiledHere.class.getClassLoader()).loadClass(className);
    }

    /**
     * The same on the class path, for libraries that look there for an application's classes.
     *
     * @param folder where its class files and its jar go to
     * @param more options of the compiler
     */
    public static Class<?> loadOnClassPath(String className, Path folder, String... more)
            throws IOException, ReflectiveOperationException {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        compile(className, classes, more);
        Path jar = folder.resolve("application.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
            }
        }
        ByteBuddyAgent.install().appendToSystemClassLoaderSearch(new JarFile(jar.toFile()));
        return Class.forName(className, true, ClassLoader.getSystemClassLoader());
    }

    private static void compile(String className, Path folder, String... more) throws IOException {
        String resource = "/" + className.replace('.', '/') + ".java";
        Source source;
        try (InputStream in = CompiledHere.class.getResourceAsStream(resource)) {
            source = new Source(
                    CompiledHere.class.getResource(resource).toURI(),
                    new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> options = new ArrayList<>(List.of("-d", folder.toString(), "-cp", classPath));
        options.addAll(List.of(more));
        assertTrue(
                compiler.getTask(complaints, null, null, options, null, List.of(source))
                        .call(),
                complaints::toString);
    }
}
