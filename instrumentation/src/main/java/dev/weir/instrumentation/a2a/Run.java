package dev.weir.instrumentation.a2a;

import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.shared.Inside;
import dev.weir.instrumentation.shared.Scoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of an agent: elsewhere, from the message that is sent to its answer, or here. */
final class Run extends Scoped<Object> {

    /** What an agent is called of which only the address is known. */
    private static final String UNNAMED = "agent";

    private static final ThreadLocal<@Nullable String> ASKING = new ThreadLocal<>();

    private final RunFacts facts;
    private final @Nullable Object executing;

    private Run(RunFacts facts, @Nullable Object executing) {
        this.facts = facts;
        this.executing = executing;
    }

    /** This thread asks an agent of this name. Returns whom it asked before. */
    static @Nullable String asking(@Nullable String agent) {
        String before = ASKING.get();
        if (agent == null) ASKING.remove();
        else ASKING.set(agent);
        return before;
    }

    /** A message is sent; {@code null} for the half of it that a transport leaves to the one that it wraps. */
    static @Nullable Run ofMessage(@Nullable Object params) {
        if (Inside.get() instanceof Run around && !around.executes()) return null;
        String agent = ASKING.get();
        Run run = new Run(new RunFacts(agent == null ? UNNAMED : agent, Spec.get(params, "message"), null), null);
        run.begin();
        return run;
    }

    /** An agent executes; {@code null} for what an executor leaves to the one that it stands for. */
    static @Nullable Run ofExecutor(Object executor, @Nullable Object context) {
        if (context != null && Inside.get() instanceof Run around && around.executing == context) return null;
        RunFacts facts = new RunFacts(
                name(executor.getClass().getName()), Spec.get(context, "message"), Spec.text(context, "contextId"));
        Run run = new Run(facts, context);
        run.begin();
        return run;
    }

    /** The class as a person calls it: without its package and what containers add. */
    static String name(String className) {
        String name = className.substring(className.lastIndexOf('.') + 1);
        for (String added : new String[] {"_ClientProxy", "_Subclass", "$$"}) {
            int at = name.indexOf(added);
            if (at > 0) name = name.substring(0, at);
        }
        int nested = name.lastIndexOf('$');
        if (nested < 0 || nested == name.length() - 1) return name;
        // A class without a name of its own has a number.
        return Character.isDigit(name.charAt(nested + 1)) ? name.substring(0, nested) : name.substring(nested + 1);
    }

    /** Whether the agent runs here. */
    boolean executes() {
        return executing != null;
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    @Override
    public void heard(Object event) {
        facts.heard(event);
    }

    @Override
    protected @Nullable String code() {
        return facts.failure();
    }

    /** What has a code is told by that. */
    @Override
    protected @Nullable Throwable failure(@Nullable Throwable thrown) {
        return facts.failure() == null ? thrown : null;
    }

    /** It is over, by what it threw. */
    void over(@Nullable Throwable thrown) {
        if (thrown != null) facts.failed(Spec.code(thrown));
        end(thrown);
    }

    /** Who listens to the events of a stream is in what was around it, not in the stream. */
    Consumer<Object> events(Consumer<Object> events) {
        return event -> {
            if (event != null) {
                piece(event);
                if (Spec.isLast(event)) end(null);
            }
            InContext.run(outside(), events, event, Consumer::accept);
        };
    }

    Consumer<Throwable> errors(@Nullable Consumer<Throwable> errors) {
        return new Errors(this, errors);
    }

    /** Hears of what goes wrong, and of the end, which is nothing. */
    static final class Errors implements Consumer<Throwable> {

        private final Run run;
        private final @Nullable Consumer<Throwable> errors;

        Errors(Run run, @Nullable Consumer<Throwable> errors) {
            this.run = run;
            this.errors = errors;
        }

        @Override
        @SuppressWarnings("NullAway") // To tell of the end, the SDK hands over null.
        public void accept(@Nullable Throwable thrown) {
            run.over(thrown);
            if (errors != null) InContext.run(run.outside(), errors, thrown, Consumer::accept);
        }

        void completed() {
            run.end(null);
        }
    }

    /** Whatever has not ended by then ends with the future. */
    void endsWith(CompletableFuture<?> stream) {
        CompletableFuture<?> unused = stream.whenComplete((nothing, thrown) ->
                over(thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown));
    }
}
