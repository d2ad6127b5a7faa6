package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A call of a model that streams its answer. What is made of the answer, tools and the next call among it, is caused by
 * what caused this call, and is no part of it.
 */
final class StreamedChat {

    /** The calls that can be cancelled, by the library's handle. */
    private static final WeakIdentityMap<StreamedChat> HANDLES = new WeakIdentityMap<>(1 << 16);

    private final Call call;
    private final ChatFacts facts;
    private final @Nullable Object around;
    private final @Nullable Run run;
    private volatile @Nullable WeakReference<Object> handle;

    private StreamedChat(Call call, ChatFacts facts, @Nullable Object around) {
        this.call = call;
        this.facts = facts;
        this.around = around;
        this.run = Run.current();
        if (run != null) run.asks();
    }

    static @Nullable StreamedChat begin(ChatFacts facts) {
        Object around = Hooks.capture();
        Call call = Hooks.begin(facts);
        return call == null ? null : new StreamedChat(call, facts, around);
    }

    /** A handler that tells this call, and then the library's. */
    StreamingChatResponseHandler tells(StreamingChatResponseHandler handler) {
        // What a handler can be told differs from version to version.
        return (StreamingChatResponseHandler) Proxy.newProxyInstance(
                StreamingChatResponseHandler.class.getClassLoader(),
                new Class<?>[] {StreamingChatResponseHandler.class},
                new Telling(handler));
    }

    /** The model's method has returned, and what it has begun goes on. */
    void returned(@Nullable Throwable thrown) {
        if (thrown == null) Hooks.leave(call);
        else end(thrown);
    }

    /** The application wants to hear no more; the library will not say so. */
    static void cancelled(Object handle) {
        StreamedChat chat = HANDLES.get(handle);
        if (chat == null) return;
        CancellationException cancellation = new CancellationException("the stream was cancelled");
        chat.end(cancellation);
        if (chat.run != null) chat.run.cancelled(cancellation);
    }

    private void end(@Nullable Throwable thrown) {
        WeakReference<Object> known = handle;
        Object key = known == null ? null : known.get();
        if (key != null) HANDLES.remove(key);
        Hooks.end(call, 0, thrown);
    }

    private void piece(Object @Nullable [] arguments) {
        facts.chunk();
        if (handle != null || arguments == null || arguments.length < 2) return;
        Object found = Handles.of(arguments[1]);
        if (found == null) return;
        handle = new WeakReference<>(found);
        HANDLES.put(found, this);
    }

    private final class Telling implements InvocationHandler {

        private final StreamingChatResponseHandler handler;

        Telling(StreamingChatResponseHandler handler) {
            this.handler = handler;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            if (method.getDeclaringClass() == Object.class) return call(method, arguments);
            Object before = Hooks.enter(around);
            try {
                switch (method.getName()) {
                    case "onCompleteResponse":
                        if (arguments != null && arguments[0] instanceof ChatResponse response) {
                            ChatFacts.answered(call, response);
                        }
                        return last(null, method, arguments);
                    case "onError":
                        return last(
                                arguments != null && arguments[0] instanceof Throwable error
                                        ? error
                                        : new IllegalStateException("a stream failed"),
                                method,
                                arguments);
                    default:
                        piece(arguments);
                        return call(method, arguments);
                }
            } finally {
                Hooks.exit(before);
            }
        }

        private @Nullable Object last(@Nullable Throwable error, Method method, Object @Nullable [] arguments)
                throws Throwable {
            end(error);
            if (run == null) return call(method, arguments);
            int asked = run.asked();
            Run previous = Run.enter(run);
            Throwable thrown = error;
            try {
                return call(method, arguments);
            } catch (Throwable t) {
                thrown = t;
                throw t;
            } finally {
                Run.enter(previous);
                run.told(asked, thrown);
            }
        }

        private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
            try {
                return method.invoke(handler, arguments);
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        }
    }
}
