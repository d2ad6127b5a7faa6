package dev.weir.instrumentation.googleadk;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arguments and results of tools as JSON. Only values and containers of the JDK are looked at: what an application has put
 * among them is left out.
 */
final class Json {

    /** Deeper than this nobody's arguments are; what contains itself is. */
    private static final int DEEPEST = 64;

    private Json() {}

    /** The text; {@code null} for none. */
    static @Nullable String of(@Nullable Map<String, Object> map) {
        if (map == null) return null;
        StringBuilder to = new StringBuilder();
        object(to, map, 0);
        return to.toString();
    }

    private static void value(StringBuilder to, @Nullable Object value, int depth) {
        if (depth > DEEPEST) to.append("null");
        else if (value instanceof Map<?, ?> map) object(to, map, depth);
        else if (value instanceof List<?> list) array(to, list, depth);
        else if (value instanceof CharSequence text && ofJdk(value)) string(to, text.toString());
        else if ((value instanceof Number || value instanceof Boolean) && ofJdk(value)) to.append(value);
        else to.append("null");
    }

    private static boolean ofJdk(Object value) {
        return value.getClass().getClassLoader() == null;
    }

    private static void object(StringBuilder to, Map<?, ?> map, int depth) {
        to.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String name)) continue;
            if (!first) to.append(',');
            first = false;
            string(to, name);
            to.append(':');
            value(to, entry.getValue(), depth + 1);
        }
        to.append('}');
    }

    private static void array(StringBuilder to, List<?> list, int depth) {
        to.append('[');
        boolean first = true;
        for (Object item : list) {
            if (!first) to.append(',');
            first = false;
            value(to, item, depth + 1);
        }
        to.append(']');
    }

    private static void string(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') to.append('\\').append(c);
            else if (c >= ' ') to.append(c);
            else to.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
        }
        to.append('"');
    }
}
