package example.langchain4j;

import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Answers one customer: {@code <how> <model> <payments> <directory> <question>}. */
public final class Shop {

    private Shop() {}

    /** Asks a model, which may call tools. */
    public interface Clerk {
        /** Answers when everything is done. */
        String ask(String question);
    }

    /** The same, piece by piece. */
    public interface StreamingClerk {
        /** Begins when the stream is started. */
        TokenStream ask(String question);
    }

    /** A clerk who knows the customer. */
    public interface RememberingClerk {
        /** Answers when everything is done. */
        String ask(@MemoryId String customer, @UserMessage String question);
    }

    public static void main(String[] arguments) throws Exception {
        String model = arguments[1];
        ShopTools tools = new ShopTools(arguments[2], arguments[3]);
        String question = arguments[4];
        String answer = switch (arguments[0]) {
            case "sync" ->
                AiServices.builder(Clerk.class)
                        .chatModel(chat(model))
                        .tools(tools)
                        .build()
                        .ask(question);
            case "concurrent" ->
                AiServices.builder(Clerk.class)
                        .chatModel(chat(model))
                        .tools(tools)
                        .executeToolsConcurrently()
                        .build()
                        .ask(question);
            case "streaming" -> streamed(model, tools, question);
            case "memory" -> remembered(model, question);
            default -> throw new IllegalArgumentException(arguments[0]);
        };
        System.out.println(answer);
        // The pool of concurrent tools would keep the JVM for another minute.
        System.exit(0);
    }

    private static OpenAiChatModel chat(String url) {
        return OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey("none")
                .modelName("gpt-x")
                .build();
    }

    private static String streamed(String url, ShopTools tools, String question) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        AiServices.builder(StreamingClerk.class)
                .streamingChatModel(OpenAiStreamingChatModel.builder()
                        .baseUrl(url)
                        .apiKey("none")
                        .modelName("gpt-x")
                        .build())
                .tools(tools)
                .build()
                .ask(question)
                .onPartialResponse(piece -> System.err.println("shop: " + piece))
                .onCompleteResponse(
                        response -> answer.complete(response.aiMessage().text()))
                .onError(answer::completeExceptionally)
                .start();
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static String remembered(String url, String question) {
        JdbcMemoryStore store = new JdbcMemoryStore();
        return AiServices.builder(RememberingClerk.class)
                .chatModel(chat(url))
                .chatMemoryProvider(id -> MessageWindowChatMemory.builder()
                        .id(id)
                        .maxMessages(20)
                        .chatMemoryStore(store)
                        .build())
                .build()
                .ask("customer-7", question);
    }
}
