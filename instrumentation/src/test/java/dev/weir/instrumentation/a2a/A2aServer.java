package dev.weir.instrumentation.a2a;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.a2a.client.Client;
import io.a2a.client.ClientEvent;
import io.a2a.client.config.ClientConfig;
import io.a2a.client.transport.jsonrpc.JSONRPCTransport;
import io.a2a.client.transport.jsonrpc.JSONRPCTransportConfig;
import io.a2a.server.ServerCallContext;
import io.a2a.server.agentexecution.AgentExecutor;
import io.a2a.server.agentexecution.RequestContext;
import io.a2a.server.auth.UnauthenticatedUser;
import io.a2a.server.events.EventQueue;
import io.a2a.server.requesthandlers.DefaultRequestHandler;
import io.a2a.spec.AgentCapabilities;
import io.a2a.spec.AgentCard;
import io.a2a.spec.AgentInterface;
import io.a2a.spec.Message;
import io.a2a.spec.MessageSendParams;
import io.a2a.spec.Task;
import io.a2a.spec.TaskState;
import io.a2a.spec.TaskStatus;
import io.a2a.spec.TaskStatusUpdateEvent;
import io.a2a.spec.TextPart;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An agent behind the SDK's own request handler, with as much of JSON-RPC around it as its client needs. It keeps to what
 * 0.3 and 1.0 of the SDK have in common; where they differ, it asks which of them there is.
 */
final class A2aServer implements AutoCloseable {

    private static final boolean SINCE_1_0 = isThere("MainEventBus");

    private final ExecutorService exchanges = Executors.newCachedThreadPool();
    private final ExecutorService agents;
    private final HttpServer http;
    private final DefaultRequestHandler handler;
    private final List<String> traceparents = new CopyOnWriteArrayList<>();

    A2aServer(AgentExecutor executor) throws IOException, ReflectiveOperationException {
        AtomicInteger number = new AtomicInteger();
        agents = Executors.newCachedThreadPool(
                task -> new Thread(task, "a2a-agent-executor-" + number.incrementAndGet()));
        handler = handler(executor, agents);
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(exchanges);
        http.createContext("/", exchange -> {
            try (exchange) {
                serve(exchange);
            } catch (Throwable failed) {
                failed.printStackTrace();
                throw failed;
            }
        });
        http.start();
    }

    // ---- where the versions differ

    private static boolean isThere(String name) {
        try {
            Class.forName(EventQueue.class.getPackageName() + "." + name);
            return true;
        } catch (ClassNotFoundException older) {
            return false;
        }
    }

    /** The handler with all that it takes, which the container's injection would bring. */
    private static DefaultRequestHandler handler(AgentExecutor executor, ExecutorService threads)
            throws ReflectiveOperationException {
        List<Object> made = new ArrayList<>(List.of(executor, threads));
        for (Method method : DefaultRequestHandler.class.getMethods()) {
            if (!method.getName().equals("create")) continue;
            Object[] arguments = new Object[method.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) arguments[i] = make(method.getParameterTypes()[i], made);
            for (Object each : made) {
                if (each.getClass().getSimpleName().equals("MainEventBusProcessor")) {
                    Method start = each.getClass().getDeclaredMethod("start");
                    start.setAccessible(true);
                    start.invoke(each);
                }
            }
            return (DefaultRequestHandler) method.invoke(null, arguments);
        }
        throw new NoSuchMethodException("create");
    }

    private static Object make(Class<?> type, List<Object> made) throws ReflectiveOperationException {
        for (Object each : made) if (type.isInstance(each)) return each;
        if (type.getSimpleName().equals("PushNotificationSender")) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (sender, send, sent) -> null);
        }
        Class<?> concrete = type.isInterface()
                ? Class.forName(type.getName().replaceFirst("\\.(\\w+)$", ".InMemory$1"), true, type.getClassLoader())
                : type;
        Constructor<?> least = null;
        for (Constructor<?> each : concrete.getConstructors()) {
            if (least == null || each.getParameterCount() < least.getParameterCount()) least = each;
        }
        Object[] arguments = new Object[least.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) arguments[i] = make(least.getParameterTypes()[i], made);
        Object instance = least.newInstance(arguments);
        made.add(instance);
        return instance;
    }

    private AgentCard card(boolean streaming) throws ReflectiveOperationException {
        AgentCard.Builder builder;
        if (SINCE_1_0) {
            builder = AgentCard.builder();
            builder.supportedInterfaces(List.of(new AgentInterface("JSONRPC", url())));
        } else {
            builder = AgentCard.Builder.class.getConstructor().newInstance();
            AgentCard.Builder.class.getMethod("url", String.class).invoke(builder, url());
            AgentCard.Builder.class
                    .getMethod("preferredTransport", String.class)
                    .invoke(builder, "JSONRPC");
        }
        return builder.name("weather")
                .description("Knows the weather.")
                .version("1")
                .capabilities(new AgentCapabilities(streaming, false, false, List.of()))
                .defaultInputModes(List.of("text"))
                .defaultOutputModes(List.of("text"))
                .skills(List.of())
                .build();
    }

    // ---- what it is asked by

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /** A client of this agent. */
    Client client(boolean streaming, BiConsumer<ClientEvent, AgentCard> consumer, Consumer<Throwable> streamingErrors)
            throws ReflectiveOperationException {
        return Client.builder(card(streaming))
                .clientConfig(new ClientConfig.Builder().setStreaming(streaming).build())
                .withTransport(JSONRPCTransport.class, new JSONRPCTransportConfig())
                .addConsumer(consumer)
                .streamingErrorHandler(streamingErrors)
                .build();
    }

    /** What a user says. */
    static Message message(String id, String text) {
        return message(Message.Role.values()[0], id, text);
    }

    /** What an agent says. */
    static Message answer(String id, String text) {
        return message(Message.Role.values()[1], id, text);
    }

    private static Message message(Message.Role role, String id, String text) {
        return new Message(role, List.of(new TextPart(text)), id, "conversation-1", null, null, null, null);
    }

    private static TaskStatus status(String state) {
        return new TaskStatus(TaskState.valueOf(SINCE_1_0 ? "TASK_STATE_" + state : state));
    }

    /** The task that a message has become. */
    static Task task(RequestContext context, String state) {
        return new Task(context.getTaskId(), context.getContextId(), status(state), null, null, null);
    }

    /** What has become of it. */
    static TaskStatusUpdateEvent update(RequestContext context, String state) {
        boolean last = !state.equals("WORKING");
        return new TaskStatusUpdateEvent(context.getTaskId(), status(state), context.getContextId(), last, null);
    }

    /** The headers that came. */
    List<String> traceparents() {
        return traceparents;
    }

    // ---- JSON-RPC

    private void serve(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("traceparent");
        traceparents.add(header == null ? "none" : header);
        String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String method = text(request, "method");
        Message message = message(text(request, "messageId"), text(request, "text"));
        MessageSendParams params = new MessageSendParams(message, null, null);
        ServerCallContext context = new ServerCallContext(UnauthenticatedUser.INSTANCE, Map.of(), Set.of());
        if (method.equals("message/stream") || method.equals("SendStreamingMessage")) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                stream(request, params, context, out);
            }
            return;
        }
        String reply;
        try {
            reply = "\"result\":" + json(handler.onMessageSend(params, context));
        } catch (Throwable failed) {
            String code = Spec.code(failed);
            reply = "\"error\":{\"code\":" + (code == null ? "-32603" : code) + ",\"message\":\""
                    + failed.getClass().getName() + "\"}";
        }
        byte[] bytes = envelope(request, reply).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void stream(String request, MessageSendParams params, ServerCallContext context, OutputStream out) {
        CountDownLatch over = new CountDownLatch(1);
        handler.onMessageSendStream(params, context).subscribe(new Flow.Subscriber<Object>() {

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Object event) {
                String data = "data: " + envelope(request, "\"result\":" + json(event)) + "\n\n";
                try {
                    out.write(data.getBytes(StandardCharsets.UTF_8));
                    out.flush();
                } catch (IOException gone) {
                    over.countDown();
                }
            }

            @Override
            public void onError(Throwable thrown) {
                over.countDown();
            }

            @Override
            public void onComplete() {
                over.countDown();
            }
        });
        try {
            over.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static String envelope(String request, String reply) {
        return "{\"jsonrpc\":\"2.0\",\"id\":\"" + text(request, "id") + "\"," + reply + "}";
    }

    private static String text(String json, String name) {
        Matcher matcher =
                Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String json(Object event) {
        if (event instanceof Message) {
            String parts = "[{" + (SINCE_1_0 ? "" : "\"kind\":\"text\",") + "\"text\":\"" + Spec.texts(event) + "\"}]";
            return tagged(
                    "message",
                    "message",
                    "\"messageId\":\"" + Spec.text(event, "messageId") + "\",\"role\":\""
                            + (SINCE_1_0 ? "ROLE_AGENT" : "agent") + "\",\"parts\":" + parts);
        }
        String name = ((Enum<?>) Spec.get(Spec.get(event, "status"), "state")).name();
        String state = SINCE_1_0 ? name : name.toLowerCase(Locale.ROOT).replace('_', '-');
        boolean task = event instanceof Task;
        String members = "\"" + (task ? "id" : "taskId") + "\":\"" + Spec.text(event, task ? "id" : "taskId")
                + "\",\"contextId\":\"" + Spec.text(event, "contextId") + "\",\"status\":{\"state\":\"" + state + "\"}"
                + (task || SINCE_1_0 ? "" : ",\"final\":" + Spec.get(event, "isFinal"));
        return tagged(task ? "task" : "statusUpdate", task ? "task" : "status-update", members);
    }

    /** 1.0 says what something is by the name of its member, 0.3 by its kind. */
    private static String tagged(String member, String kind, String members) {
        return SINCE_1_0 ? "{\"" + member + "\":{" + members + "}}" : "{\"kind\":\"" + kind + "\"," + members + "}";
    }

    @Override
    public void close() {
        http.stop(0);
        exchanges.shutdownNow();
        agents.shutdownNow();
    }
}
