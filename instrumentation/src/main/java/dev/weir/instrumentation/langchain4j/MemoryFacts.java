package dev.weir.instrumentation.langchain4j;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An access to a store of chat memory that is more than a collection in this JVM. */
final class MemoryFacts extends GenAiFacts {

    private final String operation;
    private final @Nullable Object memoryId;

    private MemoryFacts(String operation, Object store, @Nullable Object memoryId) {
        super(Kind.MEMORY, "langchain4j", store.getClass().getSimpleName());
        this.operation = operation;
        this.memoryId = memoryId;
    }

    static @Nullable Call begin(String operation, Object store, @Nullable Object memoryId) {
        return switch (store.getClass().getName()) {
            case "dev.langchain4j.memory.chat.SingleSlotChatMemoryStore",
                    "dev.langchain4j.store.memory.chat.InMemoryChatMemoryStore" -> null;
            default -> Hooks.begin(new MemoryFacts(operation, store, memoryId));
        };
    }

    /** A memory's id, when it is a value of the JDK and says something. */
    static @Nullable String id(@Nullable Object memoryId) {
        if (memoryId instanceof String
                || memoryId instanceof Integer
                || memoryId instanceof Long
                || memoryId instanceof UUID) {
            String id = memoryId.toString();
            return id.equals("default") ? null : id;
        }
        return null;
    }

    @Override
    public String operation() {
        return operation;
    }

    @Override
    public Object @Nullable [] arguments() {
        return new Object[] {operation, id(memoryId)};
    }

    @Override
    public @Nullable String conversation() {
        return id(memoryId);
    }
}
