package dev.weir.instrumentation.nettyhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.instrumentation.testing.CompiledServer;
import dev.weir.instrumentation.testing.HttpServerContract;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Micronaut's server, over Netty's codec: its handlers on event loops and on its own threads. */
class MicronautServerTest extends HttpServerContract {

    @RegisterExtension
    static final CompiledServer SHOP = new CompiledServer("org.example.micronaut.Shop", "-proc:full");

    @RegisterExtension
    final Woven woven = new Woven(new NettyHttpInstrumentation(), new ThreadsInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected int port() {
        return SHOP.port();
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
