package dev.weir.instrumentation.nettyhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.instrumentation.testing.CompiledHere;
import dev.weir.instrumentation.testing.HttpServerContract;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Micronaut's server, over Netty's codec: its handlers on event loops and on its own threads. */
class MicronautServerTest extends HttpServerContract {

    @RegisterExtension
    final Woven woven = new Woven(new NettyHttpInstrumentation(), new ThreadsInstrumentation());

    private static Class<?> application;

    private Object shop;

    @BeforeAll
    static void compile(@TempDir Path folder) throws Exception {
        application = CompiledHere.load("org.example.micronaut.Shop", folder, "-proc:full");
    }

    @BeforeEach
    void start() throws Exception {
        Supplier<String> here = HttpServerContract::here;
        shop = application.getConstructor(Supplier.class).newInstance(here);
    }

    @AfterEach
    void stop() throws Exception {
        ((AutoCloseable) shop).close();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected int port() {
        return ((IntSupplier) shop).getAsInt();
    }

    @Override
    protected String endOfThrowing() {
        return "500";
    }

    @Test
    @Tag("traced-async")
    void whatReactorPutsOffIsInside() throws Exception {
        assertEquals("inside", get("/delayed").body());
        assertEquals("end served GET /delayed 200", events(1).get(1));
    }
}
