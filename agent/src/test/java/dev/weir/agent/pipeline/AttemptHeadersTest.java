package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Mode;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What SDKs and proxies say of their own attempts. */
class AttemptHeadersTest {

    private static final String INVOCATION = "amz-sdk-invocation-id";

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    /** Each header, with its words for the first, second and third attempt. */
    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of("X-Stainless-Retry-Count", "0", "1", "2"),
                Arguments.of("grpc-previous-rpc-attempts", "0", "1", "2"),
                Arguments.of("x-envoy-attempt-count", "1", "2", "3"),
                Arguments.of("amz-sdk-request", "attempt=1; max=3", "attempt=2;max=3", "ttl=1; attempt=3; max=3"));
    }

    private static Sent pay() {
        return Sent.to("POST", "http://pay/charge", "10 EUR");
    }

    private SpanRecord call(Sent sent, int status) {
        Call call = pipeline.begin(sent);
        pipeline.end(call, status, null, null);
        return fixture.last();
    }

    // ---- out

    @ParameterizedTest
    @MethodSource("headers")
    void aRetryOfWhatLooksSettledIsTheNextAttempt(String header, String first, String second, String third) {
        SpanRecord one = call(pay().header(header, first), 200);
        SpanRecord two = call(pay().header(header, second), 409);
        SpanRecord three = call(pay().header(header, third), 200);
        assertEquals(1, one.attempt);
        assertEquals(2, two.attempt);
        assertEquals(3, three.attempt);
        assertEquals(one.operationLow, two.operationLow);
        assertEquals(one.operationLow, three.operationLow);
        assertEquals(one.idempotencyKey, three.idempotencyKey);
        assertEquals(one.traceLow, three.traceLow);
    }

    @ParameterizedTest
    @MethodSource("headers")
    void aFirstAttemptAfterWhatSettledIsAnotherOperation(String header, String first, String second) {
        SpanRecord one = call(pay().header(header, first), 200);
        SpanRecord other = call(pay().header(header, first), 200);
        SpanRecord retried = call(pay().header(header, second), 200);
        assertEquals(1, other.attempt);
        assertNotEquals(one.operationLow, other.operationLow);
        assertEquals(other.operationLow, retried.operationLow, "the latest is the one that is retried");
    }

    @ParameterizedTest
    @MethodSource("headers")
    void anOuterLoopStartsTheCountAgainButNotTheOperation(String header, String first, String second) {
        for (int round = 0; round < 3; round++) {
            call(pay().header(header, first), 503);
            call(pay().header(header, second), 503);
        }
        assertEquals(6, fixture.last().attempt);
        assertEquals(
                1,
                fixture.records.stream()
                        .map(record -> record.operationLow)
                        .distinct()
                        .count());
    }

    @Test
    void anAttemptThatFollowsUnseenOnesHasTheirNumber() {
        SpanRecord record = call(pay().header("X-Stainless-Retry-Count", "3"), 503);
        assertEquals(4, record.attempt);
        assertEquals(1, record.rare().totals.amplification(), "and only what was seen is counted");
        assertEquals(5, call(pay(), 503).attempt);
    }

    @Test
    void aRetryBelongsToTheOneThatIsNotUnderWay() {
        Call broken = pipeline.begin(pay().header("X-Stainless-Retry-Count", "0"));
        Call other = pipeline.begin(Sent.to("GET", "http://dep/", ""));
        pipeline.end(other, 200, null, null);
        pipeline.end(broken, 200, null, null);
        SpanRecord done = fixture.last();
        Call underWay = pipeline.begin(pay().header("X-Stainless-Retry-Count", "0"));
        pipeline.leave(underWay);
        SpanRecord retried = call(pay().header("X-Stainless-Retry-Count", "1"), 200);
        assertEquals(done.operationLow, retried.operationLow);
        pipeline.end(underWay, 200, null, null);
        assertNotEquals(done.operationLow, fixture.last().operationLow);
    }

    @Test
    void anotherAttemptOfTheToolMeetsTheSameOperation() {
        SpanRecord before = tool(new IOException("tool dies"), "0", "1");
        SpanRecord after = tool(null, "0", "1");
        assertEquals(before.operationLow, after.operationLow);
        assertEquals(4, after.attempt);
    }

    private SpanRecord tool(IOException death, String... counts) {
        Call tool = pipeline.begin(new ScopeFacts(CallFacts.Kind.TOOL, "test", "charge") {});
        for (String count : counts) call(pay().header("X-Stainless-Retry-Count", count), 200);
        SpanRecord last = fixture.last();
        pipeline.end(tool, 0, null, death);
        return last;
    }

    @Test
    void oneInvocationIsOneOperationWhateverItsBody() {
        SpanRecord one = call(signed("a", "10 EUR, signed at 1"), 200);
        SpanRecord two = call(signed("a", "10 EUR, signed at 2"), 200);
        SpanRecord other = call(signed("b", "10 EUR, signed at 2"), 503);
        assertEquals(2, two.attempt);
        assertEquals(one.operationLow, two.operationLow);
        assertEquals(1, other.attempt);
        assertNotEquals(one.operationLow, other.operationLow);
        assertEquals(1, call(signed("c", "10 EUR, signed at 2"), 200).attempt, "even after a failure");
    }

    private static Sent signed(String invocation, String body) {
        return Sent.to("POST", "http://pay/charge?X-Amz-Signature=" + body.hashCode(), body)
                .header(INVOCATION, invocation);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void hostileWordsAreIgnoredAndCounted(String header, String value) {
        SpanRecord one = call(pay().header(header, value), 200);
        SpanRecord two = call(pay().header(header, value), 200);
        assertEquals(1, one.attempt);
        assertEquals(1, two.attempt);
        assertNotEquals(one.operationLow, two.operationLow);
        assertEquals(2, pipeline.malformedHeaders());
        Sent request = Sent.received("GET", "http://me/x").header(header, value);
        Call inbound = pipeline.begin(request);
        pipeline.end(inbound, 200, null, null);
        assertEquals(1, fixture.last().attempt);
        assertEquals("", fixture.last().attemptPath);
        assertEquals(3, pipeline.malformedHeaders());
        assertEquals(0, fixture.log.failures());
    }

    static Stream<Arguments> hostile() {
        Stream<Arguments> counts = Stream.of(
                        "-1", "1001", "99999999999999999999", "", " 1", "1 ", "1,2", "one", "\u0661", "1\r\nx: y")
                .flatMap(value -> Stream.of(
                        Arguments.of("X-Stainless-Retry-Count", value),
                        Arguments.of("grpc-previous-rpc-attempts", value),
                        Arguments.of("x-envoy-attempt-count", value)));
        Stream<Arguments> others = Stream.of(
                Arguments.of("x-envoy-attempt-count", "0"),
                Arguments.of("amz-sdk-request", "attempt=0"),
                Arguments.of("amz-sdk-request", "attempt="),
                Arguments.of("amz-sdk-request", "attempt=-2; max=3"),
                Arguments.of("amz-sdk-request", "max=3"),
                Arguments.of("amz-sdk-request", ";;;"),
                Arguments.of("amz-sdk-request", "attempt=1000000"),
                Arguments.of(INVOCATION, ""),
                Arguments.of(INVOCATION, "a".repeat(65)),
                Arguments.of(INVOCATION, "a b"),
                Arguments.of(INVOCATION, "caf\u00e9"));
        return Stream.concat(counts, others);
    }

    @Test
    void ofTwoWordsNeitherIsBelieved() {
        Sent twice = pay().header("X-Stainless-Retry-Count", "7");
        twice.repeated = true;
        assertEquals(1, call(twice, 200).attempt);
        assertEquals(1, pipeline.malformedHeaders());
    }

    // ---- in

    @ParameterizedTest
    @MethodSource("headers")
    void aRequestIsTheAttemptThatItsCallerSays(String header, String first, String second, String third) {
        Call request = pipeline.begin(Sent.received("POST", "http://me/run").header(header, third));
        SpanRecord inside = call(pay(), 200);
        pipeline.end(request, 200, null, null);
        assertEquals(3, fixture.last().attempt);
        assertEquals("3", fixture.last().attemptPath);
        assertEquals("3.1", inside.attemptPath);
        assertEquals(1, inside.attempt);
    }

    @Test
    void attemptsThatWereSeenHereAreNotCountedTwice() {
        String same = "weir.op=0123456789abcdef0123456789abcdef";
        for (int i = 1; i <= 3; i++) {
            Call request = pipeline.begin(Sent.received("POST", "http://me/run")
                    .header("baggage", same)
                    .header("x-envoy-attempt-count", Integer.toString(i)));
            SpanRecord inside = call(pay(), 503);
            assertEquals(i, inside.attempt);
            pipeline.end(request, 503, null, null);
            assertEquals(i, fixture.last().attempt);
        }
    }

    @Test
    void strangersAreNotBelieved() {
        Sent request = Sent.received("POST", "http://me/run")
                .header("x-envoy-attempt-count", "4")
                .header(INVOCATION, "known");
        request.peer = "203.0.113.9";
        Call call = pipeline.begin(request);
        pipeline.end(call, 200, null, null);
        SpanRecord stranger = fixture.last();
        assertEquals(1, stranger.attempt);
        call = pipeline.begin(Sent.received("POST", "http://me/run").header(INVOCATION, "known"));
        pipeline.end(call, 200, null, null);
        assertNotEquals(stranger.operationLow, fixture.last().operationLow);
    }

    @Test
    void anInvocationIsTheIdentityOfItsRequest() {
        SpanRecord one = invoked("a");
        SpanRecord again = invoked("a");
        SpanRecord other = invoked("b");
        assertEquals(one.operationLow, again.operationLow);
        assertEquals(2, again.attempt);
        assertNotEquals(one.operationLow, other.operationLow);
    }

    private SpanRecord invoked(String invocation) {
        Call call = pipeline.begin(Sent.received("POST", "http://me/run").header(INVOCATION, invocation));
        pipeline.end(call, 503, null, null);
        return fixture.last();
    }

    @ParameterizedTest
    @MethodSource("headers")
    void whatAGatewayPassesOnSaysNothingOfItsOwnCalls(String header, String first, String second) {
        Call request = pipeline.begin(
                Sent.received("POST", "http://me/run").header(header, second).header(INVOCATION, "a"));
        SpanRecord one = call(pay().header(header, second).header(INVOCATION, "a"), 200);
        SpanRecord two = call(pay().header(header, second).header(INVOCATION, "a"), 200);
        pipeline.end(request, 200, null, null);
        assertEquals(1, one.attempt);
        assertEquals(1, two.attempt);
        assertNotEquals(one.operationLow, two.operationLow);
    }

    // ---- retry-budget

    @Test
    void layersThatCountThemselvesGetNoMoreAttempts() {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        int wire = 0;
        for (int round = 0; round < 3; round++) {
            for (int retry = 0; retry < 3; retry++) {
                Sent sent = pay().header("X-Stainless-Retry-Count", Integer.toString(retry));
                Call call = pipeline.begin(sent);
                if (call instanceof Call.Denied) continue;
                wire++;
                pipeline.end(call, retry == 1 ? 200 : 503, null, null);
            }
        }
        assertEquals(4, wire);
    }

    @Test
    void unseenAttemptsAreSpent() {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        Call.Denied denied =
                assertInstanceOf(Call.Denied.class, pipeline.begin(pay().header("X-Stainless-Retry-Count", "4")));
        assertTrue(denied.message().contains("attempt 5 of an operation that gets 4"), denied.message());
    }

    @Test
    void retriesOfTheCallerAreSpentToo() {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        assertEquals(4, attemptsBelow("1"));
        assertEquals(1, attemptsBelow("2"), "one layer retries, the others do not");
        assertEquals(1, attemptsBelow("9"), "but a first attempt is never refused");
        assertTrue(fixture.records.stream()
                .anyMatch(record -> record.rare().message != null
                        && record.rare().message.contains("its caller is retrying already")));
    }

    private int attemptsBelow(String envoy) {
        Call request = pipeline.begin(Sent.received("POST", "http://me/run").header("x-envoy-attempt-count", envoy));
        int wire = 0;
        for (int i = 0; i < 6; i++) {
            Call call = pipeline.begin(Sent.to("GET", "http://dep/" + envoy, ""));
            if (call instanceof Call.Denied) continue;
            wire++;
            pipeline.end(call, 503, null, null);
        }
        pipeline.end(request, 503, null, null);
        return wire;
    }
}
