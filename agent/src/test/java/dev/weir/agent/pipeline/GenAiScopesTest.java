package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts.Kind;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.ScopeFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs, model calls, tool calls and memory: what they are part of, and what is written down of them. */
class GenAiScopesTest {

    private static final class Facts extends GenAiFacts {

        private final @Nullable String arguments;
        private final @Nullable String conversation;

        Facts(Kind kind, String name) {
            this(kind, name, null, null);
        }

        Facts(Kind kind, String name, @Nullable String arguments, @Nullable String conversation) {
            super(kind, "test", name);
            this.arguments = arguments;
            this.conversation = conversation;
        }

        @Override
        public @Nullable String toolArguments() {
            return arguments;
        }

        @Override
        public @Nullable String toolResult() {
            return "done";
        }

        @Override
        public @Nullable String conversation() {
            return conversation;
        }
    }

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    private Call begin(ScopeFacts facts) {
        Call call = pipeline.begin(facts);
        assertNotNull(call);
        return call;
    }

    private SpanRecord end(Call call, @Nullable Throwable thrown) {
        pipeline.end(call, 0, null, thrown);
        return fixture.last();
    }

    /** A framework's model calls an SDK's, and a memory calls a store: one thing, and one span. */
    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"MODEL", "MEMORY"})
    void whatTwoLibrariesTellOfIsOneScope(Kind kind) {
        Call outer = begin(new Facts(kind, "outer"));
        assertFalse(pipeline.follows(kind));
        assertNull(pipeline.begin(new Facts(kind, "inner")));
        Call retry = begin(new ScopeFacts(Kind.RETRY, "test", "sdk") {});
        assertNull(pipeline.begin(new Facts(kind, "inner")), "retries are no other thing");
        end(retry, null);
        Call tool = begin(new Facts(Kind.TOOL, "ask-another"));
        end(begin(new Facts(kind, "of its own")), null);
        end(tool, null);
        end(outer, null);
        end(begin(new Facts(kind, "next")), null);
        assertEquals(5, fixture.records.size());
    }

    @Test
    void agentsMayCallAgents() {
        Call team = begin(new Facts(Kind.RUN, "team"));
        SpanRecord writer = end(begin(new Facts(Kind.RUN, "writer")), null);
        assertEquals(end(team, null).spanId, writer.parentSpanId);
    }

    @Test
    void argumentsThatMeanTheSameAreTheSameTry() {
        Call run = begin(new Facts(Kind.RUN, "agent"));
        SpanRecord first = end(
                begin(new Facts(Kind.TOOL, "pay", "{\"to\":\"x\",\"amount\":[1,{\"b\":2,\"a\":1}]}", null)),
                new IllegalStateException());
        SpanRecord second = end(
                begin(new Facts(Kind.TOOL, "pay", "{ \"amount\": [1, {\"a\":1,\"b\":2}], \"to\": \"x\" }", null)),
                null);
        SpanRecord other = end(begin(new Facts(Kind.TOOL, "pay", "{\"to\":\"y\"}", null)), null);
        SpanRecord wantedAgain = end(begin(new Facts(Kind.TOOL, "pay", "{\"to\":\"y\"}", null)), null);
        end(run, null);
        assertEquals(first.operationLow, second.operationLow);
        assertEquals(2, second.attempt);
        assertNotEquals(second.operationLow, other.operationLow);
        assertNotEquals(other.operationLow, wantedAgain.operationLow);
    }

    @Test
    void aToolThatSaysSoHasFailedThoughNothingWasThrown() {
        Call run = begin(new Facts(Kind.RUN, "agent"));
        pipeline.end(begin(new Facts(Kind.TOOL, "pay", "{}", null)), 0, "tool_error", null);
        SpanRecord first = fixture.last();
        SpanRecord second = end(begin(new Facts(Kind.TOOL, "pay", "{}", null)), null);
        end(run, null);
        assertTrue(first.error);
        assertEquals("tool_error", first.rare().code);
        assertEquals(first.operationLow, second.operationLow);
        assertEquals(2, second.attempt);
    }

    @Test
    void whatIsNoJsonIsTakenAsItIs() {
        assertEquals("{\"a\":", CanonicalJson.of("{\"a\":"));
        String bomb = "[".repeat(200_000);
        assertEquals(bomb, CanonicalJson.of(bomb));
        assertEquals(CanonicalJson.of("{\"a\\u0020b\":1.0}"), CanonicalJson.of("{\"a b\" : 1.0}"));
        assertNotEquals(CanonicalJson.of("{\"a\":\"1\"}"), CanonicalJson.of("{\"a\":1}"));
    }

    @Test
    void conversationOfTheOutermostRunIsTheSession() {
        Call run = begin(new Facts(Kind.RUN, "agent", null, "c1"));
        Call inner = begin(new Facts(Kind.RUN, "sub-agent", null, "c2"));
        Sent sent = PipelineFixture.pay();
        SpanRecord http = fixture.call(sent, 200);
        end(inner, null);
        end(run, null);
        assertEquals("c1", http.rare().session);
        assertTrue(sent.headers.get("baggage").contains("weir.session=c1"), sent.headers.get("baggage"));
    }

    @Test
    void conversationsMayBeCalledAnything() {
        assertEquals("chat=7/a:b", Wire.session("chat=7/a:b"));
        assertEquals("a%2Cb%20%C3%A4%22%0D%0A%25", Wire.session("a,b ä\"\r\n%"));
        assertNull(Wire.session("x".repeat(257)));
        assertNull(Wire.session("ä".repeat(100)));
        assertNull(Wire.session(""));
    }

    @Test
    void contentIsWrittenDownOnlyWhenAskedFor() {
        SpanRecord silent = end(begin(new Facts(Kind.TOOL, "pay", "{}", null)), null);
        assertNotNull(silent.rare().genAi);
        assertNull(silent.rare().genAi.toolArguments);
        assertNull(silent.rare().genAi.toolResult);
        PipelineFixture open = new PipelineFixture(Map.of("weir.content", "on"));
        open.pipeline.end(open.pipeline.begin(new Facts(Kind.TOOL, "pay", "{}", null)), 0, null, null);
        assertEquals("{}", open.last().rare().genAi.toolArguments);
        assertEquals("done", open.last().rare().genAi.toolResult);
    }
}
