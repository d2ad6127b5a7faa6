package dev.weir.instrumentation.embabel;

import dev.weir.bootstrap.GenAiFacts;
import org.jspecify.annotations.Nullable;

/** One step of a process's plan. */
final class ActionFacts extends GenAiFacts {

    private final String wholeName;

    private ActionFacts(String shortName, String wholeName) {
        super(Kind.RUN, EmbabelInstrumentation.NAME, shortName);
        this.wholeName = wholeName;
    }

    static ActionFacts of(Object action) throws Throwable {
        String name = Processes.action(action);
        return new ActionFacts(name.substring(name.lastIndexOf('.') + 1), name);
    }

    static boolean isFailed(@Nullable Object status) throws Throwable {
        return status != null && Processes.outcome(status).equals("FAILED");
    }

    @Override
    public String operation() {
        return "execute_action";
    }

    @Override
    public Object @Nullable [] arguments() {
        return new Object[] {wholeName};
    }
}
