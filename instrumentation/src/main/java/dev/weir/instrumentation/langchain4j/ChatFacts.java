package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call of a chat model. */
final class ChatFacts extends GenAiFacts {

    private final ChatRequest request;
    private final @Nullable ModelProvider provider;
    private volatile @Nullable ChatResponse response;

    private ChatFacts(ChatRequest request, @Nullable ModelProvider provider) {
        super(Kind.MODEL, "langchain4j", request.modelName() == null ? "" : request.modelName());
        this.request = request;
        this.provider = provider;
    }

    static ChatFacts of(ChatModel model, ChatRequest request) {
        ModelProvider provider = null;
        try {
            provider = model.provider();
        } catch (RuntimeException unknown) {
            // An application's model need not know.
        }
        return new ChatFacts(request, provider);
    }

    static ChatFacts of(StreamingChatModel model, ChatRequest request) {
        ModelProvider provider = null;
        try {
            provider = model.provider();
        } catch (RuntimeException unknown) {
            // As above.
        }
        return new ChatFacts(request, provider);
    }

    /** The model has answered. */
    static void answered(@Nullable Call call, @Nullable ChatResponse response) {
        if (call != null && call.facts() instanceof ChatFacts facts) facts.response = response;
    }

    /** The question, where a person asked it. What follows from it, such as results of tools, differs from try to try. */
    @Override
    public Object @Nullable [] arguments() {
        List<ChatMessage> messages = request.messages();
        ChatMessage last = messages.isEmpty() ? null : messages.get(messages.size() - 1);
        return last instanceof UserMessage question ? new Object[] {text(question)} : null;
    }

    @Override
    public @Nullable String provider() {
        return Providers.name(provider);
    }

    @Override
    public @Nullable String responseModel() {
        return response == null ? null : response.modelName();
    }

    @Override
    public @Nullable String responseId() {
        return response == null ? null : response.id();
    }

    @Override
    public @Nullable String finishReason() {
        FinishReason reason = response == null ? null : response.finishReason();
        if (reason == null) return null;
        // By name: a newer library may know more of them.
        return switch (reason.name()) {
            case "STOP" -> "stop";
            case "LENGTH" -> "length";
            case "TOOL_EXECUTION" -> "tool_calls";
            case "CONTENT_FILTER" -> "content_filter";
            default -> "other";
        };
    }

    @Override
    public long inputTokens() {
        TokenUsage usage = response == null ? null : response.tokenUsage();
        Integer count = usage == null ? null : usage.inputTokenCount();
        return count == null ? -1 : count;
    }

    @Override
    public long outputTokens() {
        TokenUsage usage = response == null ? null : response.tokenUsage();
        Integer count = usage == null ? null : usage.outputTokenCount();
        return count == null ? -1 : count;
    }

    @Override
    public Message @Nullable [] input() {
        List<Message> said = new ArrayList<>();
        for (ChatMessage message : request.messages()) {
            if (message instanceof SystemMessage system) said.add(new Message("system", system.text()));
            else if (message instanceof UserMessage user) said.add(new Message("user", text(user)));
            else if (message instanceof AiMessage answer) answer(said, answer);
            else if (message instanceof ToolExecutionResultMessage result) {
                said.add(new Message("tool", result.text() == null ? "" : result.text()));
            }
        }
        return said.toArray(new Message[0]);
    }

    @Override
    public Message @Nullable [] output() {
        if (response == null || response.aiMessage() == null) return null;
        List<Message> said = new ArrayList<>();
        answer(said, response.aiMessage());
        return said.toArray(new Message[0]);
    }

    private static void answer(List<Message> to, AiMessage answer) {
        if (answer.text() != null) to.add(new Message("assistant", answer.text()));
        if (!answer.hasToolExecutionRequests()) return;
        for (ToolExecutionRequest wanted : answer.toolExecutionRequests()) {
            to.add(new Message("assistant", wanted.name() + " " + wanted.arguments()));
        }
    }

    private static String text(UserMessage message) {
        List<Content> contents = message.contents();
        if (contents.size() == 1 && contents.get(0) instanceof TextContent single) return single.text();
        StringBuilder text = new StringBuilder();
        for (Content content : contents) {
            if (!(content instanceof TextContent part)) continue;
            if (text.length() > 0) text.append('\n');
            text.append(part.text());
        }
        return text.toString();
    }
}
