package dev.weir.instrumentation.resilience4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class Resilience4jInstrumentationTest extends RetryLayerContract {

    private static final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);

    @RegisterExtension
    final Woven woven = new Woven(new Resilience4jInstrumentation());

    private final Retry retry = Retry.of(
            "stock",
            RetryConfig.custom()
                    .maxAttempts(3)
                    .waitDuration(Duration.ofMillis(1))
                    .retryOnResult("bad"::equals)
                    .build());

    @AfterAll
    static void stop() {
        scheduler.shutdownNow();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "stock";
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        return retry.executeCallable(action);
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return retry.executeCompletionStage(scheduler, action);
    }

    @Override
    protected String callUntilGood(Callable<String> action) throws Exception {
        return retry.executeCallable(action);
    }

    /** The types of functions that this version has are not those that another has. */
    @Test
    @Tag("attempts")
    void everyFormOfDecorationIsFollowed() throws Throwable {
        List<String> forms = new ArrayList<>();
        for (Method form : Retry.class.getMethods()) {
            Class<?>[] types = form.getParameterTypes();
            if (!form.getName().startsWith("decorate") || types.length != 2 || types[0] != Retry.class) continue;
            String name = form.getName() + " " + types[1].getName();
            forms.add(name);
            int before = facts().size();
            AtomicInteger tries = new AtomicInteger();
            Object function = Proxy.newProxyInstance(
                    types[1].getClassLoader() == null ? getClass().getClassLoader() : types[1].getClassLoader(),
                    new Class<?>[] {types[1]},
                    (proxy, method, arguments) -> {
                        tries.incrementAndGet();
                        return outcome(form.getName(), tries.get() < 3 ? new Unlucky(tries.get()) : null);
                    });
            Object decorated = form.invoke(null, retry, function);
            Method only = functional(types[1]);
            Object[] input = new Object[only.getParameterCount()];
            for (int call = 1; call <= 2; call++) {
                tries.set(0);
                only.setAccessible(true);
                only.invoke(decorated, input);
                assertEquals(3, tries.get(), name);
                assertEquals(before + 3 * call, facts().size(), name);
            }
            assertEquals(
                    List.of(1, 2, 3, 1, 2, 3),
                    facts().subList(before, before + 6).stream()
                            .map(each -> each.tryNumber())
                            .toList(),
                    name);
            tries.set(-10);
            if (form.getName().matches("decorate(Either|Try)Supplier")) {
                only.invoke(decorated, input);
            } else {
                Throwable thrown =
                        assertThrows(InvocationTargetException.class, () -> only.invoke(decorated, input), name);
                assertEquals(Unlucky.class, thrown.getCause().getClass(), name);
            }
            assertEquals(
                    "end RETRY Unlucky",
                    woven.agent().events().get(woven.agent().events().size() - 1),
                    name);
        }
        // Those that every version has, whatever their types: callable, runnable, supplier, function, and checked ones.
        assertTrue(forms.size() >= 7, forms::toString);
    }

    private static Method functional(Class<?> type) {
        for (Method method : type.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())) return method;
        }
        throw new AssertionError(type);
    }

    /** Some forms return what went wrong. */
    private static Object outcome(String form, @Nullable Unlucky unlucky) throws ReflectiveOperationException {
        return switch (form) {
            case "decorateEitherSupplier" ->
                Class.forName("io.vavr.control.Either")
                        .getMethod(unlucky == null ? "right" : "left", Object.class)
                        .invoke(null, unlucky == null ? "done" : unlucky);
            case "decorateTrySupplier" ->
                Class.forName("io.vavr.control.Try")
                        .getMethod(
                                unlucky == null ? "success" : "failure",
                                unlucky == null ? Object.class : Throwable.class)
                        .invoke(null, unlucky == null ? "done" : unlucky);
            default -> {
                if (unlucky != null) throw unlucky;
                yield "done";
            }
        };
    }
}
