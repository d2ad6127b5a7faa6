package dev.weir.instrumentation.nettyhttp;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.shared.Refused;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Netty's own codec for HTTP/1.1, as server and, where no adapter above it follows the request, as client.
 *
 * <p>Both codecs are two halves in one handler: what one half has decoded goes through its context, and what is to be
 * encoded through {@code write}. The pipeline stays as the application has built it.
 */
public final class NettyHttpInstrumentation implements Instrumentation {

    private static final String CODEC = "io.netty.channel.CombinedChannelDuplexHandler";
    private static final String CONTEXT = "io.netty.channel.ChannelHandlerContext";
    private static final String PROMISE = "io.netty.channel.ChannelPromise";

    @Override
    public String name() {
        return "netty-http";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(CODEC)
                .exactly("write", "Write", CONTEXT, "java.lang.Object", PROMISE)
                .exactly("channelInactive", "End", CONTEXT)
                .exactly("handlerRemoved", "End", CONTEXT);
        weaving.type(CODEC + "$DelegatingChannelHandlerContext").exactly("fireChannelRead", "Read", "java.lang.Object");
        weaving.type("reactor.netty.http.server.HttpTrafficHandler")
                .exactly("run", "ReadLater")
                .fieldForReceiver("ctx");
        weaving.type("io.netty.handler.flow.FlowControlHandler")
                .exactly("channelRead", "Keep", CONTEXT, "java.lang.Object")
                .exactly("channelInactive", "Drop", CONTEXT)
                .exactly("handlerRemoved", "Drop", CONTEXT);
        weaving.type("io.netty.channel.AbstractChannelHandlerContext")
                .exactly("fireChannelRead", "HandOnKept", "java.lang.Object");
        weaving.type("io.netty.channel.DefaultChannelPipeline")
                .method("write", "HandOn", "java.lang.Object")
                .method("writeAndFlush", "HandOn", "java.lang.Object");
    }

    /** A request may be written by an event loop, which does not know what caused it. */
    static final class HandOn {

        static final WeakIdentityMap<Object> CAUSES = new WeakIdentityMap<>(1 << 14);

        static void enter(ChannelPipeline pipeline, @Nullable Object message) {
            if (!(message instanceof HttpRequest)) return;
            Object cause = Hooks.capture();
            if (cause != null && !pipeline.channel().eventLoop().inEventLoop()) CAUSES.put(message, cause);
        }
    }

    /** Something is about to be encoded. */
    static final class Write {

        static @Nullable Call enter(ChannelHandler codec, ChannelHandlerContext context, @Nullable Object message) {
            if (!(message instanceof HttpObject object)) return null;
            if (codec instanceof HttpServerCodec) {
                ServerConnection connection = ServerConnection.existing(context.channel());
                if (connection != null) connection.writing(object);
            } else if (codec instanceof HttpClientCodec) {
                ClientConnection connection = ClientConnection.of(context);
                return connection == null ? null : connection.writing(context, object);
            }
            return null;
        }

        static void exit(
                @Nullable Call call,
                @Nullable Throwable thrown,
                ChannelHandler codec,
                ChannelHandlerContext context,
                @Nullable Object message,
                ChannelPromise promise) {
            if (call instanceof Call.Denied denied) {
                ReferenceCountUtil.safeRelease(message);
                promise.tryFailure(Refused.onSocket(denied));
                return;
            }
            if (!(message instanceof HttpObject object)) return;
            if (codec instanceof HttpServerCodec) {
                ServerConnection connection = ServerConnection.existing(context.channel());
                if (connection != null) connection.written(codec, object);
            } else if (codec instanceof HttpClientCodec) {
                ClientConnection connection = ClientConnection.existing(context.channel());
                if (connection != null) connection.written(object);
            }
        }
    }

    /** Something has been decoded, and goes to the application's handlers. */
    static final class Read {

        static @Nullable Call enter(ChannelHandlerContext half, @Nullable Object message) {
            if (!(message instanceof HttpObject object)) return null;
            ChannelHandler codec = half.handler();
            if (codec instanceof HttpServerCodec) {
                return ServerConnection.of(half.channel()).reading(half, object);
            }
            if (codec instanceof HttpClientCodec) {
                ClientConnection connection = ClientConnection.existing(half.channel());
                if (connection != null) connection.reading(object);
            }
            return null;
        }

        static @Nullable ChannelHandlerContext exit(
                @Nullable Call call,
                @Nullable ChannelHandlerContext result,
                @Nullable Throwable thrown,
                ChannelHandlerContext half,
                @Nullable Object message) {
            if (!(message instanceof HttpObject object)) return result;
            ChannelHandler codec = half.handler();
            if (call instanceof Call.Denied) {
                ServerConnection.of(half.channel()).refused(codec, object);
                ReferenceCountUtil.safeRelease(message);
                return half;
            }
            if (codec instanceof HttpServerCodec) {
                ServerConnection.of(half.channel()).read();
            } else if (codec instanceof HttpClientCodec) {
                ClientConnection connection = ClientConnection.existing(half.channel());
                if (connection != null) connection.read(object);
            }
            return result;
        }
    }

    /** Reactor Netty keeps a request back until the one before is answered, and hands it on by itself. */
    static final class ReadLater {

        static @Nullable Entered enter(@Nullable ChannelHandlerContext context) {
            ServerConnection connection = context == null ? null : ServerConnection.existing(context.channel());
            return connection == null ? null : new Entered(connection.next());
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }

    /** A message comes to a handler that hands on one at a time, when it is asked for. */
    static final class Keep {

        static void enter(ChannelHandler handler, ChannelHandlerContext context) {
            KeptBack.of(context).add();
        }
    }

    /** A handler that is removed has handed on the rest by then; when the connection is closed, nobody gets it. */
    static final class Drop {

        static void exit(@Nullable Throwable thrown, ChannelHandler handler, ChannelHandlerContext context) {
            KeptBack.drop(context);
        }
    }

    /** A handler hands a message on. */
    static final class HandOnKept {

        static @Nullable Entered enter(ChannelHandlerContext context) {
            KeptBack kept = KeptBack.existing(context);
            return kept == null ? null : kept.next();
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }

    /** The connection is closed, or speaks another protocol from now on. */
    static final class End {

        static void enter(ChannelHandler codec, ChannelHandlerContext context) {
            if (codec instanceof HttpServerCodec) {
                ServerConnection connection = ServerConnection.existing(context.channel());
                if (connection != null) connection.ended();
            } else if (codec instanceof HttpClientCodec) {
                ClientConnection connection = ClientConnection.existing(context.channel());
                if (connection != null) connection.ended();
            }
        }
    }
}
