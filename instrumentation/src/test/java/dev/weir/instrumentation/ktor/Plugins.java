package dev.weir.instrumentation.ktor;

import io.ktor.client.plugins.HttpClientPlugin;
import java.lang.reflect.Method;
import java.util.List;
import kotlin.Unit;
import kotlin.jvm.functions.Function1;

/** Plugins, and what they are told, by names that both major versions have in common. */
final class Plugins {

    private Plugins() {}

    @SuppressWarnings("unchecked")
    static HttpClientPlugin<Object, Object> named(String name) {
        String type = "io.ktor.client.plugins." + name;
        try {
            try {
                return (HttpClientPlugin<Object, Object>)
                        Class.forName(type + "Kt").getMethod("get" + name).invoke(null);
            } catch (NoSuchMethodException in2) {
                return (HttpClientPlugin<Object, Object>)
                        Class.forName(type).getField("Plugin").get(null);
            }
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** A setting; several are made of several. */
    static Function1<Object, Unit> with(String method, Object... arguments) {
        return config -> {
            List<Method> candidates = List.of(config.getClass().getMethods()).stream()
                    .filter(each -> each.getName().equals(method) && each.getParameterCount() == arguments.length)
                    .toList();
            if (candidates.size() != 1) throw new AssertionError(method + ": " + candidates);
            try {
                candidates.get(0).invoke(config, arguments);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
            return Unit.INSTANCE;
        };
    }
}
