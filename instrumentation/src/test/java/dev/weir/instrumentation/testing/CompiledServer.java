package dev.weir.instrumentation.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An application of {@link CompiledHere} that serves what {@link HttpServerContract} asks for, started anew for each test.
 * Its class has a constructor that takes a {@code Supplier<String>} for the replies, is an {@code IntSupplier} of its port,
 * and {@code AutoCloseable}.
 */
public final class CompiledServer
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {

    private final String className;
    private final String[] options;
    private Path folder;
    private Class<?> application;
    private Object running;

    /** @param options of the compiler */
    public CompiledServer(String className, String... options) {
        this.className = className;
        this.options = options;
    }

    /** Where it listens, on 127.0.0.1. */
    public int port() {
        return ((IntSupplier) running).getAsInt();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("weir-compiled");
        application = CompiledHere.load(className, folder, options);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        Supplier<String> here = HttpServerContract::here;
        running = application.getConstructor(Supplier.class).newInstance(here);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (running != null) ((AutoCloseable) running).close();
        running = null;
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
