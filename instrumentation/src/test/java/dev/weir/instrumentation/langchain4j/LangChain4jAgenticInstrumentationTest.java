package dev.weir.instrumentation.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agentic.Agent;
import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.agentic.UntypedAgent;
import dev.langchain4j.agentic.agent.ErrorRecoveryResult;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.CallFacts.Kind;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.OpenAiServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LangChain4jAgenticInstrumentationTest {

    @RegisterExtension
    final Woven woven = new Woven(new LangChain4jAgenticInstrumentation(), new LangChain4jInstrumentation());

    private OpenAiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new OpenAiServer();
        woven.agent().alsoFollow("langchain4j");
    }

    @AfterEach
    void close() {
        server.close();
    }

    public interface Writer {
        @UserMessage("Write about {{topic}}")
        @Agent(name = "writer", description = "writes")
        String write(@V("topic") String topic);
    }

    public interface Editor {
        @UserMessage("Edit {{text}}")
        @Agent(name = "editor", description = "edits")
        String edit(@V("text") String text);
    }

    public interface Team {
        @Agent(name = "team")
        String publish(@MemoryId String customer, @V("topic") String topic);
    }

    private interface Adviser {
        String ask(String question);
    }

    /** No AI of its own, but it asks one. */
    public final class Asking {
        @Agent(name = "asking", description = "asks", outputKey = "text")
        public String ask(@V("topic") String topic) {
            return AiServices.create(Adviser.class, model()).ask(topic);
        }
    }

    private OpenAiChatModel model() {
        return OpenAiChatModel.builder()
                .baseUrl(server.url())
                .apiKey("none")
                .modelName("gpt-x")
                .maxRetries(0)
                .build();
    }

    private Writer writer() {
        return AgenticServices.agentBuilder(Writer.class)
                .chatModel(model())
                .outputKey("text")
                .build();
    }

    private Editor editor() {
        return AgenticServices.agentBuilder(Editor.class)
                .chatModel(model())
                .outputKey("edited")
                .build();
    }

    private List<String> names() {
        return woven.agent().begun().stream()
                .map(facts -> facts.kind() + " " + ((GenAiFacts) facts).name())
                .toList();
    }

    private List<GenAiFacts> runs() {
        return woven.agent().begun().stream()
                .filter(facts -> facts.kind() == Kind.RUN)
                .map(GenAiFacts.class::cast)
                .toList();
    }

    @Test
    void aSequenceIsARunOfRuns() {
        server.says("a text").says("a better text");
        Team team = AgenticServices.sequenceBuilder(Team.class)
                .subAgents(writer(), editor())
                .outputKey("edited")
                .build();
        assertEquals("a better text", team.publish("customer-7", "boots"));
        assertEquals(5, names().size(), () -> names().toString());
        assertEquals(List.of("RUN writer", "MODEL gpt-x", "RUN editor", "MODEL gpt-x"), names().subList(1, 5));
        assertEquals(List.of("none", "RUN", "RUN"), woven.agent().parents(Kind.RUN));
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(Kind.MODEL));
        assertEquals("customer-7", runs().get(0).conversation());
        assertEquals("[boots]", Arrays.toString(runs().get(1).arguments()));
        assertEquals("[a text]", Arrays.toString(runs().get(2).arguments()));
    }

    @Test
    void anAgentThatIsTriedAgainIsTheSameRun() {
        server.fails(500).says("a text").fails(500).fails(500).says("a better text");
        UntypedAgent team = AgenticServices.sequenceBuilder()
                .subAgents(writer(), editor())
                .outputKey("edited")
                .errorHandler(failure -> ErrorRecoveryResult.retry())
                .build();
        assertEquals("a better text", team.invoke(Map.of("topic", "boots")));
        List<GenAiFacts> runs = runs();
        assertEquals(
                List.of("writer", "writer", "editor", "editor", "editor"),
                runs.stream().skip(1).map(GenAiFacts::name).toList());
        assertEquals(
                List.of("none", "RUN", "RUN", "RUN", "RUN", "RUN"),
                woven.agent().parents(Kind.RUN));
        assertNull(runs.get(1).previousTry());
        assertSame(runs.get(1), tried(runs.get(2)));
        assertNull(runs.get(3).previousTry());
        assertSame(runs.get(3), tried(runs.get(4)));
        assertSame(runs.get(4), tried(runs.get(5)));
        assertEquals(
                3,
                woven.agent().events().stream()
                        .filter("end RUN InternalServerException"::equals)
                        .count());
    }

    private static CallFacts tried(GenAiFacts run) {
        assertNotNull(run.previousTry());
        return run.previousTry().facts();
    }

    @Test
    void anErrorHandlerMayCallOtherAgents() {
        server.fails(500).says("an edited apology").says("a text");
        UntypedAgent other = AgenticServices.sequenceBuilder()
                .subAgents(editor())
                .outputKey("edited")
                .build();
        UntypedAgent team = AgenticServices.sequenceBuilder()
                .subAgents(writer())
                .outputKey("text")
                .errorHandler(failure -> {
                    other.invoke(Map.of("text", "an apology"));
                    return ErrorRecoveryResult.retry();
                })
                .build();
        assertEquals("a text", team.invoke(Map.of("topic", "boots")));
        List<GenAiFacts> runs = runs();
        assertEquals(5, runs.size(), () -> names().toString());
        assertEquals("editor", runs.get(3).name());
        assertNull(runs.get(3).previousTry());
        assertSame(runs.get(1), tried(runs.get(4)));
    }

    @Test
    void anAgentThatFailsForGoodFailsTheTeam() {
        server.fails(500);
        UntypedAgent team = AgenticServices.sequenceBuilder()
                .subAgents(writer())
                .outputKey("text")
                .build();
        assertThrows(RuntimeException.class, () -> team.invoke(Map.of("topic", "boots")));
        assertEquals(
                List.of(
                        "end MODEL InternalServerException",
                        "end RUN InternalServerException",
                        "end RUN InternalServerException"),
                woven.agent().events().stream()
                        .filter(event -> event.startsWith("end"))
                        .toList());
    }

    @Test
    void agentsAtTheSameTimeAreInsideTheTeam() {
        server.says("one").says("two");
        UntypedAgent team = AgenticServices.parallelBuilder()
                .subAgents(
                        writer(),
                        AgenticServices.agentBuilder(Editor.class)
                                .chatModel(model())
                                .outputKey("edited")
                                .build())
                .executor(task -> {
                    // What the adapter of threads does.
                    Object context = Hooks.capture();
                    new Thread(() -> {
                                Object before = Hooks.enter(context);
                                try {
                                    task.run();
                                } finally {
                                    Hooks.exit(before);
                                }
                            })
                            .start();
                })
                .outputKey("edited")
                .build();
        team.invoke(Map.of("topic", "boots", "text", "shoes"));
        assertEquals(List.of("none", "RUN", "RUN"), woven.agent().parents(Kind.RUN));
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(Kind.MODEL));
    }

    @Test
    void aTeamInATeamIsOneRun() {
        server.says("a text").says("a better text");
        UntypedAgent inner = AgenticServices.sequenceBuilder()
                .subAgents(writer())
                .outputKey("text")
                .build();
        UntypedAgent outer = AgenticServices.sequenceBuilder()
                .subAgents(inner, editor())
                .outputKey("edited")
                .build();
        assertEquals("a better text", outer.invoke(Map.of("topic", "boots")));
        List<GenAiFacts> runs = runs();
        assertEquals(4, runs.size(), () -> names().toString());
        assertEquals("writer", runs.get(2).name());
        assertEquals("editor", runs.get(3).name());
    }

    @Test
    void anAgentWithoutAModelMayAskOne() {
        server.says("an advice").says("a better text");
        UntypedAgent team = AgenticServices.sequenceBuilder()
                .subAgents(new Asking(), editor())
                .outputKey("edited")
                .build();
        assertEquals("a better text", team.invoke(Map.of("topic", "boots")));
        assertEquals(
                List.of("asking", "Adviser", "editor"),
                runs().stream().skip(1).map(GenAiFacts::name).toList());
    }

    @Test
    void anAgentThatIsCalledAgainAndAgainIsAnotherRunEachTime() {
        // In 1.10 a loop goes round once more.
        server.says("one").says("two").says("three").says("four");
        UntypedAgent team = AgenticServices.loopBuilder()
                .subAgents(writer())
                .maxIterations(3)
                .outputKey("text")
                .build();
        assertNotNull(team.invoke(Map.of("topic", "boots")));
        List<String> agents = runs().stream().skip(1).map(GenAiFacts::name).toList();
        assertTrue(agents.size() >= 3, () -> agents.toString());
        assertEquals(List.of("writer"), agents.stream().distinct().toList());
        for (GenAiFacts run : runs()) assertNull(run.previousTry());
    }

    @Test
    void aProxysOwnMethodsAreNoRuns() {
        Writer writer = writer();
        assertTrue(writer.toString().length() > 0);
        writer.hashCode();
        assertEquals(List.of(), woven.agent().events());
    }
}
