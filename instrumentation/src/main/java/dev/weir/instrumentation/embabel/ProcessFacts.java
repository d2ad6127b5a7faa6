package dev.weir.instrumentation.embabel;

import dev.weir.bootstrap.GenAiFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of an agent process. */
final class ProcessFacts extends GenAiFacts {

    private final Object process;
    private final @Nullable String asked;
    private final @Nullable String conversation;

    @Nullable
    Object inside;

    private ProcessFacts(Object process, String agent, @Nullable String asked, @Nullable String conversation) {
        super(Kind.RUN, EmbabelInstrumentation.NAME, agent);
        this.process = process;
        this.asked = asked;
        this.conversation = conversation;
    }

    static ProcessFacts of(Object process) throws Throwable {
        String asked = null;
        String conversation = null;
        for (Object each : Processes.objects(process)) {
            String said = Processes.saidByUser(each);
            if (said != null) asked = said;
            String id = Processes.conversation(each);
            if (id != null) conversation = id;
        }
        // A child is part of what its parent is part of.
        if (conversation == null && Processes.parent(process) == null) conversation = Processes.id(process);
        return new ProcessFacts(process, Processes.agent(process), asked, conversation);
    }

    /** A process that is over does nothing when it is run. */
    static boolean isOver(Object process) throws Throwable {
        return switch (Processes.status(process)) {
            case "COMPLETED", "KILLED", "TERMINATED" -> true;
            default -> false;
        };
    }

    boolean hasFailed() throws Throwable {
        return Processes.status(process).equals("FAILED");
    }

    // Not the process's id, which is random.
    @Override
    public Object @Nullable [] arguments() {
        return asked == null ? null : new Object[] {asked};
    }

    @Override
    public @Nullable String conversation() {
        return conversation;
    }

    @Override
    public Message @Nullable [] input() {
        return asked == null ? null : new Message[] {new Message("user", asked)};
    }

    @Override
    public Message @Nullable [] output() {
        String said = lastText();
        return said == null || said.equals(asked) ? null : new Message[] {new Message("assistant", said)};
    }

    /** What an application's own type says is not asked for. */
    private @Nullable String lastText() {
        try {
            List<?> objects = Processes.objects(process);
            return objects.isEmpty() ? null : Processes.text(objects.get(objects.size() - 1));
        } catch (Throwable odd) {
            return null;
        }
    }
}
