package dev.weir.instrumentation.stainless;

import dev.weir.bootstrap.Hooks;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A {@code StreamResponse} or {@code AsyncStreamResponse} whose pieces are heard on their way to the application. What the
 * application does with them is no part of the call.
 *
 * <p>These interfaces differ between the SDKs and their versions: newer ones can be iterated over.
 */
final class HeardStream implements InvocationHandler {

    private final Class<?> type;
    private final Object response;
    private final ModelCall call;

    private HeardStream(Class<?> type, Object response, ModelCall call) {
        this.type = type;
        this.response = response;
        this.call = call;
    }

    /** The response, heard; the response itself when it is of no kind that is known. */
    static Object of(Object response, ModelCall call) {
        Class<?> type = interfaceOf(response.getClass());
        if (type == null) {
            // An SDK that nobody knows yet.
            call.end(null);
            return response;
        }
        HeardStream heard = new HeardStream(type, response, call);
        heard.watch();
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, heard);
    }

    private static @Nullable Class<?> interfaceOf(Class<?> response) {
        for (Class<?> at = response; at != null; at = at.getSuperclass()) {
            for (Class<?> each : at.getInterfaces()) {
                if (each.getName().endsWith("StreamResponse")) return each;
            }
        }
        return null;
    }

    /** Closed early, or failed before anybody has subscribed, an asynchronous stream says so here. */
    private void watch() {
        try {
            if (!(type.getMethod("onCompleteFuture").invoke(response) instanceof CompletableFuture<?> future)) return;
            Object inside = Hooks.enter(call.around());
            try {
                future.whenComplete((nothing, thrown) -> call.end(ModelCall.cause(thrown)));
            } finally {
                Hooks.exit(inside);
            }
        } catch (ReflectiveOperationException blocking) {
            // That form is over when it is read or closed.
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
        switch (method.getName()) {
            case "stream":
                return stream();
            case "iterator":
                return stream().iterator();
            case "spliterator":
                return stream().spliterator();
            case "forEach":
                return forEach((Consumer<?>) first);
            case "subscribe":
                if (arguments != null && first != null) arguments[0] = handler(first, method.getParameterTypes()[0]);
                call(response, method, arguments);
                return proxy;
            case "close":
                try {
                    return call(response, method, arguments);
                } finally {
                    call.end(new CancellationException("closed"));
                }
            default:
                return call(response, method, arguments);
        }
    }

    private @Nullable Object forEach(@Nullable Consumer<?> action) throws Throwable {
        @SuppressWarnings("unchecked")
        Consumer<Object> every = (Consumer<Object>) action;
        if (every != null) stream().forEachOrdered(every);
        return null;
    }

    private Stream<Object> stream() throws Throwable {
        @SuppressWarnings("unchecked")
        Stream<Object> pieces = (Stream<Object>) Objects.requireNonNull(call(response, type.getMethod("stream"), null));
        return StreamSupport.stream(new Pieces(pieces.spliterator()), false).onClose(pieces::close);
    }

    private Object handler(Object handler, Class<?> type) {
        InvocationHandler heard = (proxy, method, arguments) -> {
            Object before = Hooks.enter(call.around());
            try {
                Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
                if (method.getName().equals("onNext")) call.piece(first);
                if (method.getName().equals("onComplete")) {
                    call.end(
                            first instanceof Optional<?> failure && failure.orElse(null) instanceof Throwable thrown
                                    ? ModelCall.cause(thrown)
                                    : null);
                }
                return call(handler, method, arguments);
            } finally {
                Hooks.exit(before);
            }
        };
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, heard);
    }

    private static @Nullable Object call(Object on, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private final class Pieces extends Spliterators.AbstractSpliterator<Object> {

        private final Spliterator<Object> pieces;

        Pieces(Spliterator<Object> pieces) {
            super(Long.MAX_VALUE, Spliterator.ORDERED);
            this.pieces = pieces;
        }

        @Override
        public boolean tryAdvance(Consumer<? super Object> action) {
            boolean[] heard = {false};
            try {
                boolean more = pieces.tryAdvance(piece -> {
                    call.piece(piece);
                    heard[0] = true;
                    action.accept(piece);
                });
                if (!more) call.end(null);
                return more;
            } catch (Throwable t) {
                // What the application throws is not the model's.
                if (!heard[0]) call.end(t);
                throw t;
            }
        }
    }
}
