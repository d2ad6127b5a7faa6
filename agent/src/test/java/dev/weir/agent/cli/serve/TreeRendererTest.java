package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CONSUMER;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_UNSPECIFIED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeRendererTest {
    private static final TreeStyle PLAIN = TreeStyle.PLAIN;

    /** Processes are sent callee first, as they often come. */
    private static Payload threeProcesses() {
        Payload payload = Payload.trace(0xcafe);
        payload.process("ledger", 303)
                .span(50, 40, "INSERT entries", SPAN_KIND_CLIENT, 320, 440)
                .failed("canceling statement due to user request")
                .with("db.system.name", "postgresql")
                .with("weir.deadline.remaining_ms", 120)
                .with("weir.verdict.deadline", "limit")
                .with("weir.verdict.deadline.reason", "120 ms left of 500 ms");
        payload.process("pay", 202)
                .span(40, 31, "POST /charge", SPAN_KIND_SERVER, 315, 498)
                .with("http.response.status_code", 503)
                .failed("")
                .with("error.type", "503")
                .span(41, 32, "POST /charge", SPAN_KIND_SERVER, 610, 640)
                .with("http.response.status_code", 503)
                .failed("");
        payload.process("agent", 101)
                .span(1, 0, "invoke_agent booking", SPAN_KIND_INTERNAL, 0, 1240)
                .with("weir.amplification", 2.5)
                .with("weir.attempts", 5)
                .with("weir.operations", 2)
                .span(33, 20, "POST", SPAN_KIND_CLIENT, 900, 900)
                .with("http.request.method", "POST")
                .with("url.full", "http://pay/charge")
                .with("weir.operation.id", "op-1")
                .with("weir.attempt", 3)
                .with("weir.attempt.path", "2.3")
                .with("weir.verdict.retry-budget", "deny")
                .with("weir.verdict.retry-budget.reason", "3 attempts, 2 allowed")
                .failed("denied")
                .span(31, 20, "POST", SPAN_KIND_CLIENT, 310, 500)
                .with("http.request.method", "POST")
                .with("url.full", "http://pay/charge")
                .with("http.response.status_code", 503)
                .with("weir.operation.id", "op-1")
                .with("weir.attempt", 1)
                .with("weir.deadline.remaining_ms", 480)
                .with("weir.verdict.idempotency-key", "mark")
                .failed("")
                .span(32, 20, "POST", SPAN_KIND_CLIENT, 600, 645)
                .with("http.request.method", "POST")
                .with("url.full", "http://pay/charge")
                .with("http.response.status_code", 503)
                .with("weir.operation.id", "op-1")
                .with("weir.attempt", 2)
                .failed("")
                .span(10, 1, "chat gpt-4o", SPAN_KIND_CLIENT, 2, 300)
                .linkedTo(Payload.traceId(0xbeef), 7)
                .span(20, 1, "execute_tool pay", SPAN_KIND_INTERNAL, 305, 905)
                .failed("gave up");
        return payload;
    }

    @Test
    void foldsAttemptsAndShowsVerdictsOverThreeProcesses() {
        String expected = """
                trace 0000000000000000000000000000cafe  9 spans, 3 processes, 7 errors, 1.24 s
                [agent 101] invoke_agent booking  internal  1.24 s  amplification 2.5: 5 attempts of 2 operations
                ├─ chat gpt-4o  client  298 ms
                │     > linked to trace 0000000000000000000000000000beef
                └─ execute_tool pay  internal  600 ms  error: gave up
                   └─ POST http://pay/charge  2 attempts, 1 refused  590 ms  failed
                      ├─ attempt 1  client  190 ms  503  error  480 ms left  idempotency-key mark
                      │  └─ [pay 202] POST /charge  server  183 ms  503  error
                      │     └─ [ledger 303] INSERT entries  client  120 ms  error: canceling statement due to user request  120 ms left  deadline limit
                      ├─ attempt 2  client  45 ms  503  error
                      │  └─ [pay 202] POST /charge  server  30 ms  503  error
                      └─ attempt 3  client  0 ns  refused  path 2.3
                            ! retry-budget deny: 3 attempts, 2 allowed
                """;
        assertEquals(expected, threeProcesses().drawn(PLAIN));
    }

    @Test
    void drawsInAscii() {
        String expected = """
                trace 00000000000000000000000000000001  3 spans, 1 process, 1.5 ms
                [a] one  1.5 ms
                |- two  250 us
                `- three  900 ns
                """;
        String drawn = Payload.trace(1)
                .process("a", 0)
                .span(1, 0, "one", SPAN_KIND_UNSPECIFIED, 0, 0)
                .lastingNanos(1_500_000)
                .span(2, 1, "two", SPAN_KIND_UNSPECIFIED, 1, 0)
                .lastingNanos(250_000)
                .span(3, 1, "three", SPAN_KIND_UNSPECIFIED, 2, 0)
                .lastingNanos(900)
                .drawn(PLAIN.drawn(true, false));
        assertEquals(expected, drawn);
        assertTrue(drawn.chars().allMatch(c -> c < 128), drawn);
    }

    @Test
    void coloursOnlyWhenAsked() {
        assertFalse(threeProcesses().drawn(PLAIN).contains("\u001b"));
        String coloured = threeProcesses().drawn(PLAIN.drawn(false, true));
        assertTrue(coloured.contains("\u001b[31mrefused\u001b[0m"), coloured);
        assertEquals(threeProcesses().drawn(PLAIN), coloured.replaceAll("\u001b\\[\\d*m", ""));
    }

    @Test
    void showsOrphansAndCyclesOnce() {
        String drawn = Payload.trace(2)
                .process("a", 0)
                .span(1, 0, "root", SPAN_KIND_INTERNAL, 0, 10)
                .span(2, 0xdead, "lost", SPAN_KIND_CONSUMER, 5, 9)
                .span(3, 2, "below lost", SPAN_KIND_INTERNAL, 6, 8)
                .span(4, 5, "egg", SPAN_KIND_INTERNAL, 2, 3)
                .span(5, 4, "hen", SPAN_KIND_INTERNAL, 1, 4)
                .span(6, 6, "selfish", SPAN_KIND_INTERNAL, 7, 8)
                .span(7, 4, "chick", SPAN_KIND_INTERNAL, 2, 3)
                .drawn(PLAIN);
        String expected = """
                trace 00000000000000000000000000000002  7 spans, 1 process, 10 ms
                [a] root  internal  10 ms
                [a] hen  internal  3.0 ms  (its parents form a cycle)
                └─ egg  internal  1.0 ms
                   └─ chick  internal  1.0 ms
                [a] lost  consumer  4.0 ms  (its parent 000000000000dead has not arrived)
                └─ below lost  internal  2.0 ms
                [a] selfish  internal  1.0 ms  (its parents form a cycle)
                """;
        assertEquals(expected, drawn);
    }

    @Test
    void saysWhenTheRootIsMissingAndWhenAClockIsBehind() {
        String drawn = Payload.trace(3)
                .process("a", 1)
                .span(1, 9, "call", SPAN_KIND_CLIENT, 1000, 1200)
                .process("b", 2)
                .span(2, 1, "serve", SPAN_KIND_SERVER, 400, 550)
                .drawn(PLAIN);
        String expected = """
                trace 00000000000000000000000000000003  2 spans, 2 processes, 800 ms, its root span has not arrived
                [a 1] call  client  200 ms  (its parent 0000000000000009 has not arrived)
                └─ [b 2] serve  server  150 ms  (its clock is at least 600 ms behind)
                """;
        assertEquals(expected, drawn);
    }

    @Test
    void cutsWideTreesAndCountsWhatIsCut() {
        Payload payload = Payload.trace(4).process("a", 0).span(1, 0, "root", SPAN_KIND_INTERNAL, 0, 9_000);
        for (int i = 0; i < 1_500; i++) {
            payload.span(10 + i, 1, "call", SPAN_KIND_CLIENT, i, i + 1);
            if (i % 2 == 1) {
                payload.failed("");
            }
        }
        String[] lines = payload.drawn(PLAIN).split("\n");
        assertEquals(2 + 100 + 1, lines.length);
        assertEquals("└─ … 1,400 more spans here, 700 errors", lines[102]);
    }

    @Test
    void cutsLongTreesAndCountsWhatIsCut() {
        Payload payload = Payload.trace(5).process("a", 0).span(1, 0, "root", SPAN_KIND_INTERNAL, 0, 9_000);
        for (int i = 0; i < 50; i++) {
            payload.span(100 + i, 1, "mid", SPAN_KIND_INTERNAL, i, i + 1);
            for (int j = 0; j < 50; j++) {
                payload.span(1_000 + 50 * i + j, 100 + i, "leaf", SPAN_KIND_CLIENT, i, i + 1);
            }
        }
        String[] lines = payload.drawn(PLAIN).split("\n");
        assertEquals(1_001, lines.length);
        assertEquals("… " + String.format("%,d", 1 + 50 + 2_500 - 999) + " more spans not shown", lines[1_000]);
    }

    @Test
    void cutsDeepTreesInLinearTime() {
        Payload payload = Payload.trace(6).process("a", 0);
        int depth = 50_000;
        for (int i = depth; i >= 1; i--) {
            // Later parents: every child seems older than its parent, the worst order for finding cycles.
            payload.span(i, i - 1, "step", SPAN_KIND_INTERNAL, depth - i, depth);
        }
        String[] lines = payload.drawn(PLAIN).split("\n");
        assertEquals(1 + 64 + 1, lines.length);
        assertTrue(lines[65].endsWith("└─ … 49,936 more spans below"), lines[65]);
    }

    @Test
    void hostileTextStaysOnItsLineAndCannotDriveTheTerminal() {
        String evil = "a\u001b[2J\r\nb\tc\u0007\u009b31m\u202etxt\u2028x\u200by\u0000";
        String drawn = Payload.trace(7)
                .process("svc\u001b]0;owned\u0007", 0)
                .span(1, 0, evil, SPAN_KIND_CLIENT, 0, 10)
                .failed(evil)
                .with("weir.verdict.x" + evil, evil)
                .with("weir.verdict.x" + evil + ".reason", evil)
                .with("weir.amplification", evil)
                .with("weir.attempt.path", evil)
                .with("weir.deadline.remaining_ms", evil)
                .with("http.response.status_code", evil)
                .drawn(PLAIN);
        assertEquals(3, drawn.split("\n").length, drawn);
        for (int c : drawn.codePoints().toArray()) {
            assertTrue(c == '\n' || c >= 0x20 && (c < 0x7f || c >= 0xa0), "U+" + Integer.toHexString(c));
            assertFalse(c == 0x202e || c == 0x2028 || c == 0x200b, "U+" + Integer.toHexString(c));
        }
        assertTrue(
                drawn.contains("a\\u{1b}[2J\\r\\nb\\tc\\u{7}\\u{9b}31m\\u{202e}txt\\u{2028}x\\u{200b}y\\u{0}"), drawn);
    }

    @Test
    void longTextIsCut() {
        String drawn = Payload.trace(8)
                .process("a", 0)
                .span(1, 0, "x".repeat(1_000_000), SPAN_KIND_INTERNAL, 0, 10)
                .drawn(PLAIN);
        assertTrue(drawn.length() < 500, () -> drawn.length() + " characters");
        assertTrue(drawn.contains("xxx…  internal"), drawn);
    }

    @Test
    void attemptsWithGapsAndOddNumbersAreStillCounted() {
        String drawn = Payload.trace(9)
                .process("a", 0)
                .span(1, 0, "root", SPAN_KIND_INTERNAL, 0, 100)
                .span(2, 1, "send", SPAN_KIND_CLIENT, 1, 2)
                .with("weir.operation.id", "x")
                .with("weir.attempt", 4)
                .span(3, 1, "resend", SPAN_KIND_CLIENT, 3, 4)
                .with("weir.operation.id", "x")
                .with("weir.attempt", "5")
                .span(4, 1, "alone", SPAN_KIND_CLIENT, 5, 6)
                .with("weir.operation.id", "y")
                .with("weir.attempt", 2)
                .span(5, 1, "first", SPAN_KIND_CLIENT, 7, 8)
                .with("weir.operation.id", "z")
                .with("weir.attempt", 1)
                .drawn(PLAIN);
        String expected = """
                trace 00000000000000000000000000000009  5 spans, 1 process, 100 ms
                [a] root  internal  100 ms
                ├─ send  5 attempts (2 here)  3.0 ms
                │  ├─ attempt 4  client  1.0 ms
                │  └─ attempt 5  resend  client  1.0 ms
                ├─ alone  attempt 2  client  1.0 ms
                └─ first  client  1.0 ms
                """;
        assertEquals(expected, drawn);
    }

    @Test
    void attemptsThatWentTheSameWayAreCounted() {
        Payload payload = Payload.trace(10).process("agent", 1).span(1, 0, "root", SPAN_KIND_INTERNAL, 0, 100);
        for (int attempt = 1; attempt <= 9; attempt++) {
            payload.span(10 + attempt, 1, "POST", SPAN_KIND_CLIENT, 10 * attempt, 10 * attempt + attempt)
                    .failed("")
                    .with("http.response.status_code", attempt == 6 ? 500 : 503)
                    .with("weir.operation.id", "x")
                    .with("weir.attempt", attempt);
            if (attempt >= 8) {
                payload.with("weir.verdict.retry-budget", "would-deny");
            }
            payload.span(20 + attempt, 10 + attempt, "below", SPAN_KIND_INTERNAL, 10 * attempt, 10 * attempt + 1);
        }
        String expected = """
                trace 0000000000000000000000000000000a  19 spans, 1 process, 9 errors, 100 ms
                [agent 1] root  internal  100 ms
                └─ POST  9 attempts  89 ms  failed
                   ├─ attempt 1  client  1.0 ms  503  error
                   │  └─ below  internal  1.0 ms
                   ├─ … 4 more attempts like it, to attempt 5
                   ├─ attempt 6  client  6.0 ms  500  error
                   │  └─ below  internal  1.0 ms
                   ├─ attempt 7  client  7.0 ms  503  error
                   │  └─ below  internal  1.0 ms
                   ├─ attempt 8  client  8.0 ms  503  error
                   │  │  ! retry-budget would-deny
                   │  └─ below  internal  1.0 ms
                   └─ attempt 9  client  9.0 ms  503  error
                      │  ! retry-budget would-deny
                      └─ below  internal  1.0 ms
                """;
        assertEquals(expected, payload.drawn(PLAIN));
    }

    @Test
    void keepsToTheColumnsThatAreThere() {
        String drawn = Payload.trace(11)
                .process("a", 1)
                .span(1, 0, "root \uD83D\uDE80 " + "x".repeat(100), SPAN_KIND_INTERNAL, 0, 10)
                .span(2, 1, "short", SPAN_KIND_INTERNAL, 0, 1)
                .drawn(PLAIN.cutAt(100, 40));
        String[] lines = drawn.split("\n");
        assertEquals("[a 1] root \uD83D\uDE80 " + "x".repeat(26) + "…", lines[1]);
        assertEquals("└─ short  internal  1.0 ms", lines[2]);
    }

    @Test
    void everySpanIsShownOrCountedWhateverTheShape() {
        Random random = new Random(20260117);
        for (int round = 0; round < 300; round++) {
            int size = 1 + random.nextInt(400);
            Payload payload = Payload.trace(100 + round).process("a", 0);
            for (int i = 1; i <= size; i++) {
                int parent = switch (random.nextInt(8)) {
                    case 0 -> 0;
                    case 1 -> 100_000 + random.nextInt(5);
                    case 2, 3 -> Math.max(1, i - 1);
                    default -> 1 + random.nextInt(size);
                };
                payload.span(i, parent, "s" + i, SPAN_KIND_INTERNAL, random.nextInt(50), 60);
                if (random.nextInt(3) == 0) {
                    payload.with("weir.operation.id", "op" + random.nextInt(3))
                            .with("weir.attempt", 1 + random.nextInt(4));
                }
            }
            String drawn = payload.drawn(new TreeStyle(false, false, 6, 5, 60, Integer.MAX_VALUE));
            int shown = 0;
            int counted = 0;
            for (String line : drawn.split("\n")) {
                if (line.matches(".*… [\\d,]+ more spans?.*")) {
                    counted += Integer.parseInt(
                            line.replaceAll(".*… ([\\d,]+) more spans?.*", "$1").replace(",", ""));
                } else if (line.contains("  internal  ")) {
                    shown++;
                }
            }
            assertEquals(size, shown + counted, drawn);
        }
    }
}
