package dev.weir.instrumentation.nettyhttp;

import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.Entered;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of the messages that a {@code FlowControlHandler} has got and not handed on, in their order. Only its
 * event loop comes here.
 */
final class KeptBack {

    private static final Object NONE = new Object();
    private static final WeakIdentityMap<KeptBack> BY_HANDLER = new WeakIdentityMap<>(1 << 14);

    /** Most applications have no such handler, and every message of every handler asks. */
    private static boolean used;

    private final Deque<Object> contexts = new ArrayDeque<>();

    private KeptBack() {}

    static @Nullable KeptBack existing(ChannelHandlerContext handler) {
        return used ? BY_HANDLER.get(handler) : null;
    }

    static KeptBack of(ChannelHandlerContext handler) {
        KeptBack known = existing(handler);
        if (known != null) return known;
        KeptBack made = new KeptBack();
        BY_HANDLER.put(handler, made);
        used = true;
        return made;
    }

    static void drop(ChannelHandlerContext handler) {
        BY_HANDLER.remove(handler);
    }

    /** A message has come, in the context of this thread. */
    void add() {
        Object context = Hooks.capture();
        contexts.addLast(context == null ? NONE : context);
    }

    /** The oldest message goes on, in its own context; {@code null} if it came before anything was written down. */
    @Nullable
    Entered next() {
        Object context = contexts.pollFirst();
        return context == null ? null : new Entered(context == NONE ? null : context);
    }
}
