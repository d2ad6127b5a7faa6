package dev.weir.instrumentation.stainless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.ScriptedModel;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import dev.weir.instrumentation.weaving.Instrumentation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What holds for the model calls of both SDKs, whose models are played on the wire. */
abstract class ModelContract {

    static final String NOTHING = "nothing";

    @RegisterExtension
    final Woven woven;

    ScriptedModel model;

    ModelContract(Instrumentation adapter) {
        woven = new Woven(adapter, new StainlessInstrumentation(), new ThreadsInstrumentation());
    }

    @BeforeEach
    final void start() throws Exception {
        model = new ScriptedModel();
        connect(model.url());
    }

    @AfterEach
    final void stop() {
        disconnect();
        model.close();
    }

    // ---- the SDK

    abstract void connect(String url);

    abstract void disconnect();

    /** Asks {@code will it rain?} of the model that the test plays, and returns what it says. */
    abstract String ask();

    abstract CompletableFuture<String> askAsync();

    /** What is done with each piece of a streamed answer. Closes it early when {@code pieces} are enough. */
    abstract void stream(Consumer<Object> each, int pieces);

    /** The same, with a handler. */
    abstract CompletableFuture<Void> streamAsync(Consumer<Object> each);

    /** It answers with {@code no} in one piece: 11 tokens read, 7 written. */
    abstract void playsWhole();

    /** It answers with {@code no} in three pieces or more. */
    abstract void playsPieces();

    abstract String provider();

    abstract String finishReason();

    // ---- the contract

    static Object here() {
        Object context = Hooks.capture();
        return context == null ? NOTHING : context;
    }

    final GenAiFacts only() {
        assertEquals(
                1, woven.agent().begun().size(), () -> woven.agent().events().toString());
        return (GenAiFacts) woven.agent().begun().get(0);
    }

    final void assertEvents(String... events) {
        assertEquals(List.of(events), woven.agent().events());
    }

    static String texts(GenAiFacts.Message[] messages) {
        List<String> texts = new ArrayList<>();
        for (GenAiFacts.Message each : messages) texts.add(each.role + ": " + each.text);
        return String.join(" | ", texts);
    }

    final void assertAnswered(GenAiFacts facts) {
        assertEquals("model-x", facts.name());
        assertEquals("chat", facts.operation());
        assertEquals(provider(), facts.provider());
        assertEquals("model-x-2026", facts.responseModel());
        assertEquals("answer_1", facts.responseId());
        assertEquals(finishReason(), facts.finishReason());
        assertEquals(11, facts.inputTokens());
        assertEquals(7, facts.outputTokens());
        assertEquals("system: be brief | user: will it rain?", texts(facts.input()));
        assertEquals("assistant: no", texts(facts.output()));
        assertEquals(List.of("will it rain?"), List.of(facts.arguments()));
    }

    @Test
    @Tag("traced-sync")
    void wholeAnswer() {
        playsWhole();
        assertEquals("no", ask());
        assertEvents("begin MODEL", "end MODEL");
        assertAnswered(only());
        assertEquals(0, only().firstChunkNanos());
    }

    @Test
    @Tag("traced-async")
    void wholeAnswerLater() throws Exception {
        playsWhole();
        Call scope = scope();
        Object around = here();
        CompletableFuture<Object> heardIn = new CompletableFuture<>();
        CompletableFuture<String> answer = askAsync().whenComplete((text, thrown) -> heardIn.complete(here()));
        assertEquals(around, here());
        Hooks.leave(scope);
        assertEquals("no", answer.get(20, TimeUnit.SECONDS));
        assertEquals(around, heardIn.get(20, TimeUnit.SECONDS));
        Hooks.end(scope, 0, null);
        assertEvents("begin TOOL", "begin MODEL", "end MODEL", "end TOOL");
        assertAnswered((GenAiFacts) woven.agent().begun().get(1));
    }

    @Test
    @Tag("traced-sync")
    void answerInPieces() {
        playsPieces();
        Call scope = scope();
        Object around = here();
        List<Object> heardIn = new CopyOnWriteArrayList<>();
        stream(piece -> heardIn.add(here()), Integer.MAX_VALUE);
        Hooks.end(scope, 0, null);
        assertTrue(heardIn.size() >= 3, heardIn::toString);
        for (Object each : heardIn) assertEquals(around, each);
        assertEvents("begin TOOL", "begin MODEL", "end MODEL", "end TOOL");
        GenAiFacts facts = (GenAiFacts) woven.agent().begun().get(1);
        assertAnswered(facts);
        assertTrue(facts.firstChunkNanos() != 0);
    }

    @Test
    @Tag("traced-async")
    void answerInPiecesLater() throws Exception {
        playsPieces();
        Call scope = scope();
        Object around = here();
        List<Object> heardIn = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> over = streamAsync(piece -> heardIn.add(here()));
        Hooks.leave(scope);
        over.get(20, TimeUnit.SECONDS);
        woven.agent().awaitEnds(1);
        Hooks.end(scope, 0, null);
        assertTrue(heardIn.size() >= 3, heardIn::toString);
        for (Object each : heardIn) assertEquals(around, each);
        assertEvents("begin TOOL", "begin MODEL", "end MODEL", "end TOOL");
        GenAiFacts facts = (GenAiFacts) woven.agent().begun().get(1);
        assertAnswered(facts);
        assertTrue(facts.firstChunkNanos() != 0);
    }

    @Test
    @Tag("traced-sync")
    void streamThatIsClosedEarly() {
        playsPieces();
        stream(piece -> {}, 1);
        assertEvents("begin MODEL", "end MODEL CancellationException");
    }

    @Test
    @Tag("traced-sync")
    void whatTheApplicationThrowsIsNotTheModels() {
        playsPieces();
        assertThrows(
                IllegalStateException.class,
                () -> stream(
                        piece -> {
                            throw new IllegalStateException("of the application");
                        },
                        Integer.MAX_VALUE));
        assertEvents("begin MODEL", "end MODEL CancellationException");
    }

    @Test
    @Tag("traced-sync")
    void failure() throws Exception {
        model.fails(400).fails(400).fails(400).fails(400);
        assertThrows(RuntimeException.class, this::ask);
        assertThrows(Exception.class, () -> askAsync().get(20, TimeUnit.SECONDS));
        assertThrows(RuntimeException.class, () -> stream(piece -> {}, Integer.MAX_VALUE));
        assertThrows(Exception.class, () -> streamAsync(piece -> {}).get(20, TimeUnit.SECONDS));
        woven.agent().awaitEnds(4);
        for (int i = 0; i < 8; i++) {
            assertEquals(
                    i % 2 == 0 ? "begin MODEL" : "end MODEL BadRequestException",
                    woven.agent().events().get(i));
        }
    }

    @Test
    @Tag("attempts")
    void retriesAreInside() throws Exception {
        woven.agent().alsoFollow("stainless");
        model.fails(503);
        playsWhole();
        assertEquals("no", ask());
        model.fails(503);
        playsWhole();
        assertEquals("no", askAsync().get(20, TimeUnit.SECONDS));
        woven.agent().awaitEnds(6);
        assertEquals(List.of("none", "none"), woven.agent().parents(CallFacts.Kind.MODEL));
        assertEquals(List.of("MODEL", "MODEL", "MODEL", "MODEL"), woven.agent().parents(CallFacts.Kind.RETRY));
    }

    /** A framework above has begun the call, or nobody is interested. */
    @Test
    @Tag("unfollowed")
    void whatIsNotFollowedRunsAsEver() throws Exception {
        woven.agent().ignore(facts -> true);
        playsWhole();
        assertEquals("no", ask());
        playsWhole();
        assertEquals("no", askAsync().get(20, TimeUnit.SECONDS));
        playsPieces();
        List<Object> pieces = new CopyOnWriteArrayList<>();
        stream(pieces::add, Integer.MAX_VALUE);
        playsPieces();
        streamAsync(pieces::add).get(20, TimeUnit.SECONDS);
        assertTrue(pieces.size() >= 6);
        assertEvents();
    }

    final Call scope() {
        Call scope =
                Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
        assertNotNull(scope);
        return scope;
    }
}
