package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.Scoped;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.memory.ChatMemory;

/** One call of a {@code ChatClient}: an agent's run. */
final class ClientRun extends Scoped<ChatClientResponse> {

    private final Facts facts;

    ClientRun(ChatClientRequest request) {
        facts = new Facts(request);
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    @Override
    protected Object identity() {
        return facts.request;
    }

    @Override
    public void heard(ChatClientResponse response) {
        facts.answer.add(response.chatResponse());
    }

    private static final class Facts extends GenAiFacts {

        final ChatClientRequest request;
        final Answer answer = new Answer();

        Facts(ChatClientRequest request) {
            super(Kind.RUN, SpringAiInstrumentation.NAME, "ChatClient");
            this.request = request;
        }

        @Override
        public Object @Nullable [] arguments() {
            return new @Nullable Object[] {Messages.lastOfUser(request.prompt().getInstructions()), conversation()};
        }

        @Override
        public @Nullable String conversation() {
            return request.context().get(ChatMemory.CONVERSATION_ID) instanceof String id ? id : null;
        }

        @Override
        public Message @Nullable [] input() {
            return Messages.of(request.prompt().getInstructions());
        }

        @Override
        public Message @Nullable [] output() {
            return answer.messages();
        }
    }
}
