package dev.weir.instrumentation.langchain4j;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A run of an agent of the agentic module. */
final class AgentFacts extends GenAiFacts {

    private final Object @Nullable [] arguments;
    private final @Nullable Method method;
    private final @Nullable Call tried;

    private AgentFacts(
            @Nullable String name, @Nullable Method method, Object @Nullable [] arguments, @Nullable Call tried) {
        super(Kind.RUN, "langchain4j-agentic", name == null ? "" : name);
        this.method = method;
        this.arguments = arguments;
        this.tried = tried;
    }

    /** The agent that the application calls, by a method of its own. */
    static AgentFacts team(@Nullable String name, Method method, Object @Nullable [] arguments) {
        return new AgentFacts(name, method, arguments, null);
    }

    /** @param tried the try that failed, when this is another one */
    static AgentFacts agent(@Nullable String name, Object @Nullable [] arguments, @Nullable Call tried) {
        return new AgentFacts(name, null, arguments, tried);
    }

    @Override
    public Object @Nullable [] arguments() {
        return arguments;
    }

    @Override
    public @Nullable Call previousTry() {
        return tried;
    }

    @Override
    public @Nullable String conversation() {
        return method == null ? null : RunFacts.memoryId(method, arguments);
    }
}
