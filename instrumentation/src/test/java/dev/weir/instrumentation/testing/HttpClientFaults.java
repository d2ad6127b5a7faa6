package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What servers do that they must not: the application sees what it would have seen, and every call ends. */
public abstract class HttpClientFaults extends HttpClientUse {

    /** Whether it follows redirects the way that these tests use it. */
    protected boolean followsRedirects() {
        return true;
    }

    /** What an application is told. Only for clients that sometimes say one thing and sometimes another this is not all. */
    protected String told(Throwable thrown) {
        return thrown.getClass().getName();
    }

    /** What becomes of a request with Weir, and what without. */
    private List<String> withAndWithout(String path) throws Exception {
        List<String> seen = new ArrayList<>();
        for (boolean followed : new boolean[] {true, false}) {
            if (!followed) {
                woven().agent().awaitEnds((int) begun());
                woven().agent().ignore(facts -> true);
            }
            if (hasBlockingForm()) seen.add(outcome(() -> send("GET", server().uri(path), NO_HEADERS, null)));
            if (hasAsynchronousForm()) {
                seen.add(outcome(() -> await(sendAsync("GET", server().uri(path), NO_HEADERS, null))));
            }
        }
        return seen;
    }

    private interface Exchange {

        Answer make() throws Exception;
    }

    private String outcome(Exchange exchange) {
        try {
            return exchange.make().toString();
        } catch (Throwable t) {
            return told(t);
        }
    }

    private void assertSameWithout(List<String> seen) {
        assertEquals(seen.subList(seen.size() / 2, seen.size()), seen.subList(0, seen.size() / 2));
        assertTrue(begun() > 0, "nothing was followed");
    }

    @Test
    void bodyThatBreaksOffIsAsEver() throws Exception {
        List<String> seen = withAndWithout("/break");
        assertSameWithout(seen);
        for (String each : seen) assertTrue(each.endsWith("Exception") || each.contains("half"), each);
    }

    @Test
    void redirectThatNeverEndsIsAsEver() throws Exception {
        assertSameWithout(withAndWithout("/loop"));
        long calls = begun() / forms();
        if (followsRedirects()) assertTrue(calls > 1, "each hop is a call: " + calls);
        assertTrue(calls < 200, "somebody gives up: " + calls);
    }
}
