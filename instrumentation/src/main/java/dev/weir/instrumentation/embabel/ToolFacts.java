package dev.weir.instrumentation.embabel;

import dev.weir.bootstrap.GenAiFacts;
import org.jspecify.annotations.Nullable;

/** One call of a tool. */
final class ToolFacts extends GenAiFacts {

    private static final String DECORATORS = "com.embabel.agent.spi.support.";

    private final @Nullable String id;
    private final @Nullable String arguments;
    private volatile @Nullable String result;
    private volatile @Nullable Throwable swallowed;
    private volatile boolean failed;

    @Nullable
    Object inside;

    private ToolFacts(String name, @Nullable String id, @Nullable String arguments) {
        super(Kind.TOOL, EmbabelInstrumentation.NAME, name);
        this.id = id;
        this.arguments = arguments;
    }

    static ToolFacts of(Object toolCall) throws Throwable {
        return new ToolFacts(Tools.name(toolCall), Tools.id(toolCall), Tools.arguments(toolCall));
    }

    /** What came of the tool, or of one around it. */
    void heard(Object tool, @Nullable Object answer, @Nullable Throwable thrown) throws Throwable {
        Throwable failure = Signals.failure(thrown);
        boolean bad = failure != null || Tools.isError(answer);
        boolean mine = tool.getClass().getName().startsWith(DECORATORS);
        // Embabel's own make an answer of what went wrong; one of the application's own makes it good.
        if (bad == failed && failure == null || mine && !bad) return;
        // A tool may ask another one, and do without it.
        if (!name().equals(Tools.nameOf(tool))) return;
        failed = bad;
        swallowed = failure != null || !bad || answer == null ? failure : Tools.cause(answer);
    }

    void answered(@Nullable Object answer) throws Throwable {
        result = Tools.told(answer);
    }

    boolean hasFailed() {
        return failed;
    }

    @Nullable
    Throwable swallowed() {
        return swallowed;
    }

    @Override
    public @Nullable String toolCallId() {
        return id == null || id.isEmpty() ? null : id;
    }

    @Override
    public @Nullable String toolArguments() {
        return arguments == null || arguments.isEmpty() ? null : arguments;
    }

    @Override
    public @Nullable String toolResult() {
        return result;
    }
}
