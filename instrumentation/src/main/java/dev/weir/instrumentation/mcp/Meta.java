package dev.weir.instrumentation.mcp;

import dev.weir.instrumentation.shared.McpMeta;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code _meta}, of parameters and results in the shapes that the SDK has them in: its records, or maps.
 */
final class Meta {

    static final String ENTRY = McpMeta.ENTRY;
    private static final String COMPONENT = "meta";

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return Shape.of(type);
        }
    };

    private Meta() {}

    /** The components of a record, and how to make another one. */
    private static final class Shape {

        private static final Shape NONE = new Shape(null, new Method[0], new String[0], -1);

        private final @Nullable Constructor<?> constructor;
        private final Method[] accessors;
        private final String[] names;
        private final int meta;

        private Shape(@Nullable Constructor<?> constructor, Method[] accessors, String[] names, int meta) {
            this.constructor = constructor;
            this.accessors = accessors;
            this.names = names;
            this.meta = meta;
        }

        static Shape of(Class<?> type) {
            if (!type.isRecord()) return NONE;
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types = new Class<?>[components.length];
            Method[] accessors = new Method[components.length];
            String[] names = new String[components.length];
            int meta = -1;
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                accessors[i] = components[i].getAccessor();
                names[i] = components[i].getName();
                if (names[i].equals(COMPONENT) && types[i] == Map.class) meta = i;
            }
            try {
                return new Shape(type.getConstructor(types), accessors, names, meta);
            } catch (NoSuchMethodException e) {
                return NONE;
            }
        }
    }

    /** The {@code _meta} of parameters or of a result; {@code null} when there is none. */
    static @Nullable Object of(@Nullable Object body) {
        if (body instanceof Map<?, ?> map) return map.get(ENTRY);
        return component(body, COMPONENT);
    }

    /** A part of parameters; {@code null} when there is none. */
    static @Nullable Object component(@Nullable Object body, String name) {
        if (body == null) return null;
        if (body instanceof Map<?, ?> map) return map.get(name);
        Shape shape = SHAPES.get(body.getClass());
        for (int i = 0; i < shape.names.length; i++) {
            if (shape.names[i].equals(name)) return read(shape, i, body);
        }
        return null;
    }

    /** All parts of parameters but {@code _meta}. */
    static @Nullable Object[] components(@Nullable Object body) {
        if (body == null) return new @Nullable Object[0];
        if (body instanceof Map<?, ?> map) {
            Map<Object, Object> others = new LinkedHashMap<>(map);
            others.remove(ENTRY);
            return new @Nullable Object[] {others};
        }
        Shape shape = SHAPES.get(body.getClass());
        List<@Nullable Object> values = new ArrayList<>(shape.names.length);
        for (int i = 0; i < shape.names.length; i++) {
            if (i != shape.meta) values.add(read(shape, i, body));
        }
        return values.toArray();
    }

    private static @Nullable Object read(Shape shape, int component, Object body) {
        try {
            return shape.accessors[component].invoke(body);
        } catch (IllegalAccessException | InvocationTargetException e) {
            return null;
        }
    }

    /**
     * The same parameters or result with more in its {@code _meta}; what has no place for it stays as it is.
     *
     * @param body not {@code null}, except for parameters that may be left out
     */
    static @Nullable Object with(@Nullable Object body, Map<String, Object> added) {
        if (added.isEmpty()) return body;
        if (body == null) return Map.of(ENTRY, added);
        Map<Object, Object> entries = new LinkedHashMap<>();
        if (of(body) instanceof Map<?, ?> present) entries.putAll(present);
        entries.putAll(added);
        if (body instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>(map);
            copy.put(ENTRY, entries);
            return copy;
        }
        Shape shape = SHAPES.get(body.getClass());
        if (shape.constructor == null || shape.meta < 0) return body;
        @Nullable Object[] values = new @Nullable Object[shape.accessors.length];
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = i == shape.meta ? entries : shape.accessors[i].invoke(body);
            }
            return shape.constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            return body;
        }
    }
}
