package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.GenAiFacts;
import org.jspecify.annotations.Nullable;

/** An access to the memory of a conversation. */
final class MemoryFacts extends GenAiFacts {

    private final String operation;
    private final @Nullable String conversation;

    MemoryFacts(String operation, Object memory, @Nullable String conversation) {
        super(Kind.MEMORY, SpringAiInstrumentation.NAME, memory.getClass().getSimpleName());
        this.operation = operation;
        this.conversation = conversation;
    }

    @Override
    public String operation() {
        return operation;
    }

    @Override
    public Object @Nullable [] arguments() {
        return new @Nullable Object[] {operation, conversation};
    }

    @Override
    public @Nullable String conversation() {
        return conversation;
    }
}
