package sample.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.concurrent.CompletableFuture;

/** A model that an application wrote: it knows nothing of itself, and must not be asked. */
public final class OwnChatModel implements ChatModel {

    /** What {@link #doChatAsync} gives. */
    public final CompletableFuture<ChatResponse> later = new CompletableFuture<>();

    /** Whether it does not even say whose model it is. */
    public boolean secretive;

    /** An answer with nothing but a text. */
    public static ChatResponse answer(String text) {
        return ChatResponse.builder().aiMessage(AiMessage.from(text)).build();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return answer("own");
    }

    // An override where the library has such a method.
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
        return later;
    }

    @Override
    public ModelProvider provider() {
        if (secretive) throw new IllegalStateException("nobody knows");
        return ModelProvider.OTHER;
    }

    @Override
    public String toString() {
        throw new StackOverflowError("recurses");
    }

    @Override
    public int hashCode() {
        throw new StackOverflowError("recurses");
    }

    @Override
    public boolean equals(Object other) {
        throw new StackOverflowError("recurses");
    }
}
