package dev.weir.instrumentation.mcp;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.server.McpStatelessRequestHandler;
import io.modelcontextprotocol.spec.McpClientSession;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpSession;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The MCP Java SDK: what a session asks the other side, and what it is asked. Both sides of a session may ask: a server asks
 * its client to call a model, for example.
 */
public final class McpInstrumentation implements Instrumentation {

    private static final String SDK = "io.modelcontextprotocol.";
    private static final String REQUEST = SDK + "spec.McpSchema$JSONRPCRequest";

    @Override
    public String name() {
        return "mcp";
    }

    @Override
    public void weave(Weaving weaving) {
        sessions(weaving);
        transports(weaving);
        weaving.type(SDK + "client.LifecycleInitializer")
                .method("withInitialization", "Initialised", "java.lang.String", "java.util.function.Function");
        weaving.type(REQUEST)
                .method(
                        "<init>",
                        "Numbered",
                        "java.lang.String",
                        "java.lang.String",
                        "java.lang.Object",
                        "java.lang.Object");
        weaving.type(SDK + "server.McpAsyncServer")
                .method("asyncInitializeRequestHandler", "Initialising", SDK + "spec.McpSchema$InitializeRequest");
        weaving.type(SDK + "server.DefaultMcpStatelessServerHandler")
                .method("<init>", "Stateless", "java.util.Map")
                .method("handleRequest", "IncomingBehindContext", SDK + "common.McpTransportContext", REQUEST);
    }

    private static void sessions(Weaving weaving) {
        String[] sending = {"java.lang.String", "java.lang.Object", SDK + "json.TypeRef"};
        weaving.type(SDK + "spec.McpClientSession")
                .exactly(
                        "<init>",
                        "ClientSession",
                        "java.time.Duration",
                        SDK + "spec.McpClientTransport",
                        "java.util.Map",
                        "java.util.Map",
                        "java.util.function.Function")
                .exactly("sendRequest", "Send", sending)
                .method("handleIncomingRequest", "Incoming", REQUEST);
        weaving.type(SDK + "spec.McpServerSession")
                .method(
                        "<init>",
                        "ServerSession",
                        "java.lang.String",
                        "java.time.Duration",
                        SDK + "spec.McpServerTransport",
                        SDK + "server.McpInitRequestHandler",
                        "java.util.Map")
                .exactly("sendRequest", "Send", sending)
                .method("handleIncomingRequest", "Incoming", REQUEST);
        weaving.type(SDK + "spec.McpStreamableServerSession")
                .method(
                        "<init>",
                        "StreamableSession",
                        "java.lang.String",
                        SDK + "spec.McpSchema$ClientCapabilities",
                        SDK + "spec.McpSchema$Implementation",
                        "java.time.Duration",
                        "java.util.Map")
                .method("responseStream", "Incoming", REQUEST);
        weaving.type(SDK + "spec.McpStreamableServerSession$McpStreamableServerSessionStream")
                .exactly("sendRequest", "Send", sending)
                .method("handle", "Incoming", REQUEST);
    }

    private static void transports(Weaving weaving) {
        String[] pumps = {"startInboundProcessing", "startOutboundProcessing", "startErrorProcessing"};
        Weaving.Target client = weaving.type(SDK + "client.transport.StdioClientTransport");
        Weaving.Target server =
                weaving.type(SDK + "server.transport.StdioServerTransportProvider$StdioMcpSessionTransport");
        for (String pump : pumps) {
            client.exactly(pump, "Without");
            server.exactly(pump, "Without");
        }
        weaving.type(SDK + "client.transport.HttpClientStreamableHttpTransport")
                .method("connect", "Connect", "java.util.function.Function")
                .fieldForReceiver("baseUri")
                .method("reconnect", "Listen")
                .method("authorizationErrorRetrySpec", "AskForAccess");
        weaving.type(SDK + "client.transport.HttpClientSseClientTransport")
                .method("connect", "Connect", "java.util.function.Function")
                .fieldForReceiver("baseUri")
                .method("connect", "Listen", "java.util.function.Function");
    }

    // ---- what is asked

    /** Each subscription to what this returns is a request of its own. */
    static final class Send {

        static @Nullable Mono<?> exit(
                @Nullable Mono<?> response,
                @Nullable Throwable thrown,
                McpSession session,
                String method,
                @Nullable Object params,
                TypeRef<?> type) {
            if (response == null || thrown != null || method == null || !Hooks.armed()) return response;
            return SentRequest.isOwn() ? response : SentRequest.of(session, method, params, type);
        }
    }

    /** The first request waits for the session, and goes out on whatever thread hears that it is there. */
    static final class Initialised {

        static @Nullable Mono<?> exit(@Nullable Mono<?> operation, @Nullable Throwable thrown) {
            return operation == null || !Hooks.armed() ? operation : SentRequest.causedHere(operation);
        }
    }

    /** Only the session knows the id that it gives a request. */
    static final class Numbered {

        static void exit(
                Object request,
                @Nullable String version,
                @Nullable String method,
                @Nullable Object id,
                @Nullable Object params) {
            SentRequest.numbered(id, params);
        }
    }

    static final class ClientSession {

        static Map<String, McpClientSession.RequestHandler<?>> argument2(
                Duration timeout,
                McpClientTransport transport,
                Map<String, McpClientSession.RequestHandler<?>> handlers) {
            return ServedRequest.ofClient(handlers, Session.transport(transport));
        }

        static void exit(McpClientSession session, @Nullable Duration timeout, @Nullable McpClientTransport transport) {
            Session.begin(session, timeout, Session.transport(transport), Session.connected());
        }
    }

    /** A session's constructor connects its transport. */
    static final class Connect {

        static void enter(@Nullable URI base) {
            Session.connecting(base);
        }
    }

    // ---- what one is asked

    static final class ServerSession {

        static Map<String, McpRequestHandler<?>> argument4(
                String id,
                Duration timeout,
                McpServerTransport transport,
                Object initialising,
                Map<String, McpRequestHandler<?>> handlers) {
            return ServedRequest.ofServer(handlers, Session.transport(transport));
        }

        static void exit(
                McpSession session,
                @Nullable String id,
                @Nullable Duration timeout,
                @Nullable McpServerTransport transport) {
            Session.begin(session, timeout, Session.transport(transport), null);
        }
    }

    static final class StreamableSession {

        static Map<String, McpRequestHandler<?>> argument4(
                String id,
                Object capabilities,
                Object client,
                Duration timeout,
                Map<String, McpRequestHandler<?>> handlers) {
            return ServedRequest.ofServer(handlers, Session.TCP);
        }
    }

    static final class Stateless {

        static Map<String, McpStatelessRequestHandler<?>> argument0(
                Map<String, McpStatelessRequestHandler<?>> handlers) {
            return ServedRequest.ofStateless(handlers, Session.TCP);
        }
    }

    /** Handlers are given a request's parameters, not its id. */
    static final class Incoming {

        static void enter(Object session, McpSchema.@Nullable JSONRPCRequest request) {
            if (request != null) ServedRequest.numbered(request.id(), request.params());
        }
    }

    static final class IncomingBehindContext {

        static void enter(Object handler, Object context, McpSchema.@Nullable JSONRPCRequest request) {
            if (request != null) ServedRequest.numbered(request.id(), request.params());
        }
    }

    static final class Initialising {

        static @Nullable Mono<?> exit(
                @Nullable Mono<?> initialised,
                @Nullable Throwable thrown,
                Object server,
                McpSchema.@Nullable InitializeRequest request) {
            return initialised == null || !Hooks.armed()
                    ? initialised
                    : ServedRequest.initialising(initialised, request);
        }
    }

    // ---- what outlives a request

    /** The pumps of a session serve all its requests, not the one that was its first. */
    static final class Without {

        static Entered enter() {
            return new Entered(null);
        }

        static void exit(@Nullable Entered without) {
            if (without != null) without.exit();
        }
    }

    /** So does the stream on which a server speaks without being asked. */
    static final class Listen {

        static @Nullable Mono<?> exit(@Nullable Mono<?> stream) {
            return stream == null || !Hooks.armed() ? stream : SentRequest.causedByNothing(stream);
        }
    }

    // ---- what is no try

    /** To come again with credentials is no try of a request. */
    static final class AskForAccess {

        static @Nullable Retry exit(@Nullable Retry retry) {
            return retry == null ? null : new LibraryRetry(retry);
        }
    }
}
