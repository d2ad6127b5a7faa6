package dev.weir.instrumentation.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.reactor.ReactorInstrumentation;
import dev.weir.instrumentation.reactornetty.ReactorNettyInstrumentation;
import dev.weir.instrumentation.testing.OpenAiServer;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.tool.annotation.Tool;

/** Agents of Spring AI, with a model of OpenAI that is played on the wire. */
abstract class SpringAiFixture {

    @RegisterExtension
    final Woven woven = new Woven(
            new SpringAiInstrumentation(),
            new ReactorInstrumentation(),
            new ReactorNettyInstrumentation(),
            new ThreadsInstrumentation());

    OpenAiServer server;
    ChatModel model;
    ChatClient client;

    @BeforeEach
    void start() throws Exception {
        server = new OpenAiServer();
        model = OpenAiModels.at(server);
        client = ChatClient.builder(model).build();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Tools of the application. */
    static final class Shop {

        final List<Object> contexts = new CopyOnWriteArrayList<>();
        Function<String, String> weather = city -> "sun in " + city;

        @Tool(description = "the weather in a city")
        public String weather(String city) {
            contexts.add(String.valueOf(Hooks.capture() != null));
            return weather.apply(city);
        }

        @Tool(description = "charges a card", returnDirect = true)
        public String charge(String card) {
            return "charged " + card;
        }

        /** Whoever asked a tool for its text would never return. */
        @Override
        public String toString() {
            return "shop " + this;
        }
    }

    List<GenAiFacts> facts(CallFacts.Kind kind) {
        List<GenAiFacts> facts = new ArrayList<>();
        for (CallFacts each : woven.agent().begun()) {
            if (each.kind() == kind) facts.add((GenAiFacts) each);
        }
        return facts;
    }

    GenAiFacts only(CallFacts.Kind kind) {
        List<GenAiFacts> facts = facts(kind);
        assertEquals(1, facts.size(), () -> woven.agent().events().toString());
        return facts.get(0);
    }

    List<String> parents(CallFacts.Kind kind) {
        return woven.agent().parents(kind);
    }

    void assertEvents(String... events) {
        assertEquals(List.of(events), woven.agent().events());
    }

    static String texts(GenAiFacts.Message[] messages) {
        StringBuilder texts = new StringBuilder();
        for (GenAiFacts.Message each : messages) {
            texts.append(texts.isEmpty() ? "" : " | ")
                    .append(each.role)
                    .append(": ")
                    .append(each.text);
        }
        return texts.toString();
    }

    static final String[] WITH_ONE_TOOL = {
        "begin RUN", "begin MODEL", "end MODEL", "begin TOOL", "end TOOL", "begin MODEL", "end MODEL", "end RUN"
    };

    void assertOneTool(Shop shop) {
        assertEvents(WITH_ONE_TOOL);
        assertEquals(List.of("none"), parents(CallFacts.Kind.RUN));
        assertEquals(List.of("RUN", "RUN"), parents(CallFacts.Kind.MODEL));
        assertEquals(List.of("RUN"), parents(CallFacts.Kind.TOOL));
        assertEquals(List.of("true"), shop.contexts);

        GenAiFacts run = only(CallFacts.Kind.RUN);
        assertEquals("ChatClient", run.name());
        assertEquals("user: will it rain?", texts(run.input()));
        assertEquals("assistant: no", texts(run.output()));

        GenAiFacts tool = only(CallFacts.Kind.TOOL);
        assertEquals("weather", tool.name());
        assertEquals("call_1", tool.toolCallId());
        assertEquals("{\"city\":\"Rome\"}", tool.toolArguments());
        assertEquals("\"sun in Rome\"", tool.toolResult());

        for (GenAiFacts each : facts(CallFacts.Kind.MODEL)) {
            assertEquals("gpt-x", each.name());
            assertEquals("openai", each.provider());
            assertEquals("gpt-x-2026", each.responseModel());
            assertEquals("chatcmpl-1", each.responseId());
            // Also of the second, though Spring AI 1 adds up what it says of tokens.
            assertEquals(11, each.inputTokens());
            assertEquals(7, each.outputTokens());
        }
        GenAiFacts asked = facts(CallFacts.Kind.MODEL).get(0);
        assertEquals("user: will it rain?", texts(asked.input()));
        assertEquals("tool_calls", asked.finishReason());
        GenAiFacts told = facts(CallFacts.Kind.MODEL).get(1);
        assertEquals("user: will it rain? | tool: \"sun in Rome\"", texts(told.input()));
        assertEquals("assistant: no", texts(told.output()));
        assertEquals("stop", told.finishReason());
    }

    static final class Unlucky extends RuntimeException {
        static final long serialVersionUID = 1L;
    }
}
