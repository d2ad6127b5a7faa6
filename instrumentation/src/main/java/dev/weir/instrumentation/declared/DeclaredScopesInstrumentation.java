package dev.weir.instrumentation.declared;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Methods that settings declare to be tool calls, agent runs, or what a layer of retries calls for each try: {@code
 * com.acme.Tools#charge}. A tool call that throws and is called again with the same arguments is the next attempt of the
 * same operation, and so is everything it does.
 */
public final class DeclaredScopesInstrumentation implements Instrumentation {

    private final List<String> tools;
    private final List<String> runs;
    private final List<String> retries;

    public DeclaredScopesInstrumentation() {
        this(List.of(), List.of(), List.of());
    }

    /** Each name is {@code package.Class#method}. */
    public DeclaredScopesInstrumentation(List<String> tools, List<String> runs, List<String> retries) {
        this.tools = tools;
        this.runs = runs;
        this.retries = retries;
    }

    @Override
    public String name() {
        return "declared-scopes";
    }

    @Override
    public void weave(Weaving weaving) {
        for (String tool : tools) declare(weaving, tool, "Tool");
        for (String run : runs) declare(weaving, run, "Run");
        for (String retry : retries) declare(weaving, retry, "Retry");
    }

    private static void declare(Weaving weaving, String name, String advice) {
        int hash = name.indexOf('#');
        weaving.type(name.substring(0, hash)).method(name.substring(hash + 1), advice);
    }

    /** Whether a name can be declared: {@code package.Class#method}, and not a class of the JDK. */
    public static boolean isWellFormed(String name) {
        int hash = name.indexOf('#');
        return hash > 0 && hash < name.length() - 1 && name.indexOf('#', hash + 1) < 0 && !name.startsWith("java.");
    }

    static final class Tool {

        static @Nullable Call enterAny(String method, @Nullable Object[] arguments) {
            return Hooks.begin(new Declared(CallFacts.Kind.TOOL, method, arguments));
        }

        static void exitAny(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
            ended(call, result, thrown);
        }
    }

    static final class Run {

        static @Nullable Call enterAny(String method, @Nullable Object[] arguments) {
            return Hooks.begin(new Declared(CallFacts.Kind.RUN, method, arguments));
        }

        static void exitAny(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
            ended(call, result, thrown);
        }
    }

    static final class Retry {

        static @Nullable Call enterAny(String method, @Nullable Object[] arguments) {
            return Hooks.begin(new Declared(CallFacts.Kind.RETRY, method, arguments));
        }

        static void exitAny(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
            ended(call, result, thrown);
        }
    }

    /** A method that returns a stage is over when the stage is. */
    private static void ended(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
        if (call != null && thrown == null && result instanceof CompletionStage<?> stage) {
            Hooks.leave(call);
            try {
                stage.whenComplete((value, failure) -> Hooks.end(call, 0, failure));
            } catch (RuntimeException e) {
                // An application's own kind of stage.
                Hooks.end(call, 0, null);
            }
        } else {
            Hooks.end(call, 0, thrown);
        }
    }

    private static final class Declared extends ScopeFacts {

        private final @Nullable Object[] arguments;

        Declared(CallFacts.Kind kind, String method, @Nullable Object[] arguments) {
            super(kind, "declared-scopes", shortName(method));
            this.arguments = arguments;
        }

        private static String shortName(String method) {
            int dot = method.lastIndexOf('.', method.lastIndexOf('.') - 1);
            return method.substring(dot + 1);
        }

        @Override
        public @Nullable Object @Nullable [] arguments() {
            return arguments;
        }
    }
}
