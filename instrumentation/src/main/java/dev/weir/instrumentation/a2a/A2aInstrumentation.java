package dev.weir.instrumentation.a2a;

import dev.weir.instrumentation.shared.Inside;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The A2A Java SDK: a message that is sent to an agent elsewhere, and an agent that executes one.
 *
 * <p>The SDK has moved from {@code io.a2a} to {@code org.a2aproject.sdk}, and its accessors have other names in its newer
 * versions. Advice here knows the JDK's types only, and serves all of them.
 */
public final class A2aInstrumentation implements Instrumentation {

    static final String NAME = "a2a";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void weave(Weaving weaving) {
        for (String sdk : Spec.SDKS) {
            client(weaving, sdk);
            server(weaving, sdk);
        }
    }

    private static void client(Weaving weaving, String sdk) {
        String params = sdk + "spec.MessageSendParams";
        String consumer = "java.util.function.Consumer";
        weaving.type(sdk + "client.Client")
                .method("sendMessage", "Ask", params, "java.util.List", consumer)
                .fieldForReceiver("agentCard");
        weaving.subtypesOf(sdk + "client.transport.spi.ClientTransport", "sendMessageStreaming")
                .method("sendMessage", "Send", params)
                .method("sendMessageStreaming", "Stream", params, consumer, consumer);
        weaving.subtypesOf(sdk + "client.http.A2AHttpClient$PostBuilder", "postAsyncSSE")
                .method("postAsyncSSE", "ServerSentEvents");
        weaving.type(sdk + "client.transport.grpc.EventStreamObserver")
                .exactly("onCompleted", "Completed")
                .fieldForReceiver("errorHandler");
    }

    private static void server(Weaving weaving, String sdk) {
        String context = sdk + "server.agentexecution.RequestContext";
        String queue = sdk + "server.events.EventQueue";
        String emitter = sdk + "server.tasks.AgentEmitter";
        weaving.subtypesOf(
                        sdk + "server.agentexecution.AgentExecutor",
                        descriptor(context, queue),
                        descriptor(context, emitter))
                .method("execute", "Execute", context);
        weaving.type(queue).method("enqueueEvent", "Emit");
        weaving.type(queue + "$ChildQueue").method("enqueueEvent", "Emit");
    }

    /** How an executor's constant pool spells the method; its name alone stands in every other class. */
    private static String descriptor(String context, String sink) {
        return "(L" + context.replace('.', '/') + ";L" + sink.replace('.', '/') + ";)V";
    }

    // ---- what is asked

    /** Transports do not always know whose they are. */
    static final class Ask {

        static @Nullable String enter(@Nullable Object card) {
            return Run.asking(Spec.text(card, "name"));
        }

        static void exit(@Nullable String before) {
            Run.asking(before);
        }
    }

    static final class Send {

        static @Nullable Run enter(Object transport, @Nullable Object params) {
            return Run.ofMessage(params);
        }

        static void exit(@Nullable Run run, @Nullable Object answer, @Nullable Throwable thrown) {
            if (run == null) return;
            if (answer != null) run.heard(answer);
            run.over(thrown);
            run.leave();
        }
    }

    static final class Stream {

        static @Nullable Run enter(Object transport, @Nullable Object params) {
            return Run.ofMessage(params);
        }

        static @Nullable Consumer<Object> argument1(
                @Nullable Run run, Object transport, @Nullable Object params, @Nullable Consumer<Object> events) {
            return run == null || events == null ? events : run.events(events);
        }

        static @Nullable Consumer<Throwable> argument2(
                @Nullable Run run,
                Object transport,
                @Nullable Object params,
                @Nullable Object events,
                @Nullable Consumer<Throwable> errors) {
            return run == null ? errors : run.errors(errors);
        }

        static void exit(@Nullable Run run, @Nullable Throwable thrown) {
            if (run == null) return;
            if (thrown != null) run.over(thrown);
            run.leave();
        }
    }

    /** Of a connection that fails, nobody but the future is told. */
    static final class ServerSentEvents {

        static void exit(@Nullable CompletableFuture<?> stream) {
            if (stream != null && Inside.get() instanceof Run run) run.endsWith(stream);
        }
    }

    /** The end of a stream over gRPC is told to nobody. */
    static final class Completed {

        static void enter(@Nullable Object errors) {
            if (errors instanceof Run.Errors ours) ours.completed();
        }
    }

    // ---- what an agent here is asked

    static final class Execute {

        static @Nullable Run enter(Object executor, @Nullable Object context) {
            return Run.ofExecutor(executor, context);
        }

        static void exit(@Nullable Run run, @Nullable Throwable thrown) {
            if (run == null) return;
            run.over(thrown);
            run.leave();
        }
    }

    /** An executor that fails says so: it does not throw. */
    static final class Emit {

        static void enter(Object queue, @Nullable Object event) {
            if (event != null && Inside.get() instanceof Run run && run.executes()) run.heard(event);
        }
    }
}
