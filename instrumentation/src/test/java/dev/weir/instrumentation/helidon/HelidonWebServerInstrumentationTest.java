package dev.weir.instrumentation.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.testing.CompiledServer;
import dev.weir.instrumentation.testing.HttpServerContract;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledForJreRange(min = JRE.JAVA_21)
class HelidonWebServerInstrumentationTest extends HttpServerContract {

    @RegisterExtension
    static final CompiledServer SHOP = new CompiledServer("org.example.helidon.Shop", "-proc:none");

    @RegisterExtension
    final Woven woven = new Woven(new HelidonWebServerInstrumentation(), new ThreadsInstrumentation());

    // Kept, or its level is forgotten.
    private static final Logger LOG = Logger.getLogger("io.helidon");

    @BeforeAll
    static void quieten() {
        LOG.setLevel(Level.OFF);
    }

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
        return "500 IllegalStateException";
    }

    @Test
    @Tag("traced-sync")
    void aRequestThatIsRoutedAgainIsOne() throws Exception {
        assertEquals("inside", get("/elsewhere").body());
        assertEquals(List.of("begin served GET /elsewhere", "end served GET /elsewhere 200"), events(1));
    }

    @Test
    void whatTheApplicationHandlesIsNoFailure() throws Exception {
        assertEquals(
                "409 inside",
                get("/handled").statusCode() + " " + get("/handled").body());
        assertEquals("end served GET /handled 409", events(2).get(1));
    }

    @Test
    void whatNobodyServesIsFollowedToo() throws Exception {
        assertEquals(404, get("/nothing").statusCode());
        assertEquals(List.of("begin served GET /nothing", "end served GET /nothing 404"), events(1));
    }

    @Test
    @Tag("header")
    void theLastMomentForAHeaderIsWhenTheHeadIsWritten() throws Exception {
        get("/pieces");
        events(1);
        assertEquals(
                List.of("begin served GET /pieces", "replying served GET /pieces", "end served GET /pieces 200"),
                woven.agent().events());
    }

    @Test
    void aReplyThatBreaksOffEndsItsRequest() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.getOutputStream()
                    .write("GET /breaks HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            socket.getInputStream().readAllBytes();
        }
        String end = events(1).get(1);
        assertTrue(end.startsWith("end served GET /breaks"), end);
        assertTrue(end.endsWith("Exception"), end);
    }

    @Test
    void aQueryThatIsMalformedIsTheApplicationsAffair() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.getOutputStream()
                    .write("GET /inside?a=%zz&&=\" HTTP/1.1\r\nHost: a:b:c\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertEquals('H', socket.getInputStream().read());
        }
        // Whatever Helidon makes of it: no fuse blew, as is looked at after every test.
        assertEquals("inside", get("/inside").body());
    }
}
