package dev.weir.instrumentation.langchain4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts.Kind;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.OpenAiServer;
import dev.weir.instrumentation.testing.RecordingAgent;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Services of LangChain4j, with a model of OpenAI that is played on the wire. */
abstract class LangChain4jFixture {

    @RegisterExtension
    final Woven woven = new Woven(new LangChain4jInstrumentation());

    OpenAiServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = new OpenAiServer();
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    public interface Clerk {
        String ask(String question);

        default String politely(String question) {
            return ask("Please: " + question);
        }
    }

    interface Remembering {
        String ask(@MemoryId String customer, @UserMessage String question);
    }

    interface Streaming {
        TokenStream ask(String question);
    }

    /** The tools, and what was around each call of one. */
    static final class Tools {
        final List<Object> contexts = new CopyOnWriteArrayList<>();
        final CountDownLatch together = new CountDownLatch(2);

        @Tool("charges a card")
        String charge(@P("cents") int cents) {
            contexts.add(Hooks.capture());
            return "charged " + cents;
        }

        @Tool("always fails")
        String refund(@P("cents") int cents) {
            contexts.add(Hooks.capture());
            throw new IllegalStateException("no money left");
        }

        @Tool("waits for its like")
        String meet(@P("name") String name) throws InterruptedException {
            contexts.add(Hooks.capture());
            together.countDown();
            assertTrue(together.await(10, TimeUnit.SECONDS));
            return "met";
        }

        @Tool("answers with 10 MB")
        String flood() {
            return "x".repeat(10_000_000);
        }
    }

    OpenAiChatModel model() {
        return OpenAiChatModel.builder()
                .baseUrl(server.url())
                .apiKey("none")
                .modelName("gpt-x")
                .maxRetries(0)
                .build();
    }

    OpenAiStreamingChatModel streamingModel() {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(server.url())
                .apiKey("none")
                .modelName("gpt-x")
                .build();
    }

    Clerk clerk(Object... tools) {
        return AiServices.builder(Clerk.class).chatModel(model()).tools(tools).build();
    }

    List<String> events() {
        return woven.agent().events();
    }

    GenAiFacts begun(int index) {
        return (GenAiFacts) woven.agent().begun().get(index);
    }

    List<String> names() {
        return woven.agent().begun().stream()
                .map(facts -> facts.kind() + " " + ((ScopeFacts) facts).name())
                .toList();
    }

    static ChatRequest question(String text) {
        return ChatRequest.builder()
                .messages(dev.langchain4j.data.message.UserMessage.from(text))
                .build();
    }

    static Kind kind(Object context) {
        assertTrue(context instanceof RecordingAgent.Open, () -> "no context but " + context);
        return ((Call) context).facts().kind();
    }

    static List<String> texts(GenAiFacts.Message[] messages) {
        return Arrays.stream(messages).map(m -> m.role + ": " + m.text).toList();
    }

    static boolean atLeast(String className) {
        try {
            Class.forName(className, false, LangChain4jInstrumentationTest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    static boolean has(Class<?> type, String method) {
        return Arrays.stream(type.getMethods()).anyMatch(m -> m.getName().equals(method));
    }
}
