package dev.weir.agent;

import dev.weir.instrumentation.weaving.BootLoader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;

/**
 * The first class in the agent's own loader: puts the hook classes on the boot loader, and only then touches what refers
 * to them.
 */
public final class AgentStartup {

    /** The hook classes; what a class extends comes before it. */
    static final String[] HOOK_CLASSES = {
        "AdviceDispatcher$Linker",
        "AdviceDispatcher",
        "CallFacts$HeaderSet",
        "CallFacts$Kind",
        "CallFacts",
        "HttpFacts",
        "SqlFacts",
        "FileFacts$Action",
        "FileFacts",
        "MessageFacts",
        "ScopeFacts",
        "GenAiFacts$Message",
        "GenAiFacts",
        "ProcessFacts",
        "McpFacts",
        "Call",
        "Call$Denied",
        "WeakIdentityMap$Collected",
        "WeakIdentityMap$Entry",
        "WeakIdentityMap",
        "Attachments",
        "DeadlineTimer",
        "DeadlineTimer$Daemons",
        "DeadlineTimer$Due",
        "DeadlineTimer$Started",
        "Fuse$Listener",
        "Fuse",
        "Hooks$ForeignSpan",
        "Hooks$SpanContext",
        "Hooks$SpanData",
        "Hooks$CurrentSpan",
        "Hooks$Spans",
        "Hooks$Agent",
        "Hooks$Heirs",
        "Hooks",
    };

    private AgentStartup() {}

    /**
     * Called by {@code WeirAgent}, by name.
     *
     * @param attached whether the application was running already
     * @throws ReflectiveOperationException when this JVM does not let an agent define classes on the boot loader
     * @throws IOException when weir.jar cannot be read
     */
    public static void start(String arguments, Instrumentation instrumentation, boolean attached)
            throws ReflectiveOperationException, IOException {
        BootLoader bootLoader = new BootLoader(instrumentation);
        for (String name : HOOK_CLASSES) {
            String internalName = "dev/weir/bootstrap/" + name;
            bootLoader.define(internalName, read(internalName + ".class"));
        }
        new RunningAgent(arguments, instrumentation, bootLoader, attached).start();
    }

    private static byte[] read(String resource) throws IOException {
        ClassLoader loader = AgentStartup.class.getClassLoader();
        try (InputStream in = loader.getResourceAsStream(resource)) {
            if (in == null) throw new IOException("weir.jar has no " + resource);
            return in.readAllBytes();
        }
    }
}
