package dev.weir.instrumentation.a2a;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads the specification's objects, whatever the SDK's version calls their classes and accessors. */
final class Spec {

    static final List<String> SDKS = List.of("io.a2a.", "org.a2aproject.sdk.");

    private static final int DEEPEST_CAUSE = 4;
    private static final String STATE = "TASK_STATE_";

    private static final ClassValue<Accessors> ACCESSORS = new ClassValue<>() {
        @Override
        protected Accessors computeValue(Class<?> type) {
            return new Accessors(type);
        }
    };

    private Spec() {}

    /** The accessors of one class that were asked for. */
    private static final class Accessors {

        private final Class<?> type;
        private final Map<String, Optional<Method>> known = new ConcurrentHashMap<>();

        Accessors(Class<?> type) {
            this.type = type;
        }

        Optional<Method> of(String name) {
            return known.computeIfAbsent(name, this::find);
        }

        /** Of a record or of a bean. */
        private Optional<Method> find(String name) {
            try {
                return Optional.of(type.getMethod(name));
            } catch (NoSuchMethodException noRecord) {
                String bean = "get" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
                try {
                    return Optional.of(type.getMethod(bean));
                } catch (NoSuchMethodException noBean) {
                    return Optional.empty();
                }
            }
        }
    }

    /** What an object calls by this name; {@code null} when it has none, or knows none. */
    static @Nullable Object get(@Nullable Object of, String name) {
        if (of == null || !ofSdk(of)) return null;
        Optional<Method> accessor = ACCESSORS.get(of.getClass()).of(name);
        try {
            return accessor.isEmpty() ? null : accessor.get().invoke(of);
        } catch (IllegalAccessException | InvocationTargetException e) {
            return null;
        }
    }

    /** Whether an object is the SDK's. What an application's own does when it is asked, nobody knows. */
    private static boolean ofSdk(Object object) {
        String name = object.getClass().getName();
        for (String sdk : SDKS) if (name.startsWith(sdk)) return true;
        return false;
    }

    /** A text that is not empty. */
    static @Nullable String text(@Nullable Object of, String name) {
        return get(of, name) instanceof String text && !text.isEmpty() ? text : null;
    }

    /** Whether a stream ends with this event: an answer, or the end of the task. */
    static boolean isLast(Object event) {
        return text(event, "messageId") != null
                || Boolean.TRUE.equals(get(event, "isFinal"))
                || Boolean.TRUE.equals(get(state(event), "isFinal"));
    }

    /** How a task has failed, when that is what the event says. */
    static @Nullable String failure(Object event) {
        if (event instanceof Throwable thrown) return code(thrown);
        if (!(state(event) instanceof Enum<?> state)) return null;
        String name = state.name().startsWith(STATE) ? state.name().substring(STATE.length()) : state.name();
        return switch (name) {
            case "FAILED", "REJECTED", "CANCELED" -> name.toLowerCase(Locale.ROOT);
            default -> null;
        };
    }

    private static @Nullable Object state(Object event) {
        return get(get(event, "status"), "state");
    }

    /** The protocol's code of an error, which the SDK wraps; {@code null} when it has none. */
    static @Nullable String code(Throwable thrown) {
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < DEEPEST_CAUSE; depth++) {
            if (get(at, "code") instanceof Integer code) return code.toString();
            at = at.getCause();
        }
        return null;
    }

    /** The texts of a message or an artifact. */
    static String texts(@Nullable Object of) {
        StringBuilder texts = new StringBuilder();
        if (get(of, "parts") instanceof List<?> parts) {
            for (Object part : parts) {
                String text = text(part, "text");
                if (text == null) continue;
                if (texts.length() > 0) texts.append('\n');
                texts.append(text);
            }
        }
        return texts.toString();
    }
}
