package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.weir.bootstrap.Call;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A crawler that meets more hosts than are remembered, all of which ask for fewer calls. */
class ManyDestinationsTest {

    private static final int HOSTS = 10_000;
    private static final int REMEMBERED = 100;

    private final PipelineFixture fixture =
            new PipelineFixture(Map.of("weir.limits.destinations", String.valueOf(REMEMBERED))).enforcing();

    private static Sent to(int host) {
        return Sent.to("GET", "http://host" + host + "/page", "");
    }

    private Call ask(int host) {
        Sent sent = to(host);
        Call call = fixture.pipeline.begin(sent);
        if (call instanceof Call.Denied) return call;
        sent.responseHeaders.put("retry-after", "3000");
        fixture.pipeline.end(call, 429, null, null);
        return call;
    }

    @Test
    void areHandledForgottenInTurnAndHarmNobody() {
        for (int host = 0; host < HOSTS; host++) {
            assertFalse(ask(host) instanceof Call.Denied, "a host that has never complained: " + host);
        }
        for (int host = HOSTS - REMEMBERED; host < HOSTS; host++) {
            assertInstanceOf(Call.Denied.class, ask(host), "a host that has just complained: " + host);
        }
        for (int host = 0; host < REMEMBERED; host++) {
            assertFalse(ask(host) instanceof Call.Denied, "a host that was forgotten: " + host);
        }
        assertEquals(0, fixture.log.failures());
        assertEquals(0, fixture.pipeline.malformedHeaders());
    }
}
