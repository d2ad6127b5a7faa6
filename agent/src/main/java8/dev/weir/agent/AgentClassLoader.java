package dev.weir.agent;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Loads the agent from the {@code inst/} folder of weir.jar, where no other class loader looks: the application's own
 * versions of the agent's libraries and the agent's never meet.
 */
final class AgentClassLoader extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    private static final String PREFIX = "inst/";

    private final JarFile jar;
    private final String base;

    /** @param parent the platform's loader */
    AgentClassLoader(File file, ClassLoader parent) throws IOException {
        super(parent);
        this.jar = new JarFile(file, false);
        this.base = "jar:" + file.toURI() + "!/" + PREFIX;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        // The hook classes exist once only, on the boot loader.
        if (name.startsWith("dev.weir.bootstrap.")) throw new ClassNotFoundException(name);
        byte[] classFile;
        try {
            classFile = read(name.replace('.', '/') + ".class");
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
        if (classFile == null) throw new ClassNotFoundException(name);
        return defineClass(name, classFile, 0, classFile.length);
    }

    private byte[] read(String name) throws IOException {
        ZipEntry entry = jar.getEntry(PREFIX + name);
        if (entry == null) return null;
        InputStream in = jar.getInputStream(entry);
        try {
            byte[] bytes = new byte[(int) entry.getSize()];
            int read = 0;
            while (read < bytes.length) {
                int count = in.read(bytes, read, bytes.length - read);
                if (count < 0) throw new IOException("weir.jar ends inside " + name);
                read += count;
            }
            return bytes;
        } finally {
            in.close();
        }
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        try {
            byte[] bytes = read(name);
            return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    protected URL findResource(String name) {
        if (jar.getEntry(PREFIX + name) == null) return null;
        try {
            return new URL(base + name);
        } catch (MalformedURLException e) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL url = findResource(name);
        return url == null
                ? Collections.<URL>emptyEnumeration()
                : Collections.enumeration(Collections.singletonList(url));
    }
}
