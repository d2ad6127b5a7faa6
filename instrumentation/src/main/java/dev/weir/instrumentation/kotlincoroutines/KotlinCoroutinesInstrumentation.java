package dev.weir.instrumentation.kotlincoroutines;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.coroutines.CausalElement;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.flow.internal.SafeCollector;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine runs in the causal context in which it was started, on every thread on which it is resumed.
 *
 * <p>Every builder ({@code launch}, {@code async}, {@code runBlocking}, {@code future}, {@code produce}) makes the context
 * of its coroutine with one function. What is put in there is the library's own kind of element for thread locals, which
 * {@code withContext}, {@code coroutineScope} and flows pass on.
 */
public final class KotlinCoroutinesInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "kotlin-coroutines";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("kotlinx.coroutines.CoroutineContextKt")
                .exactly(
                        "newCoroutineContext",
                        "Started",
                        "kotlinx.coroutines.CoroutineScope",
                        "kotlin.coroutines.CoroutineContext");
        weaving.type("kotlinx.coroutines.flow.internal.SafeCollector_commonKt")
                .exactly(
                        "checkContext",
                        "Emitted",
                        "kotlinx.coroutines.flow.internal.SafeCollector",
                        "kotlin.coroutines.CoroutineContext");
    }

    /** A coroutine that is started where there is no causal context has what its parent has. */
    static final class Started {

        static @Nullable CoroutineContext exit(
                @Nullable CoroutineContext made, @Nullable Throwable thrown, CoroutineScope scope) {
            Object here = made == null ? null : Hooks.capture();
            if (made == null || here == null || LongLived.isServedBy(scope)) return made;
            return CausalElement.in(made, here);
        }
    }

    /** A flow allows an item only where it is collected. That a scope has begun there since is none of its business. */
    static final class Emitted {

        static CoroutineContext argument1(SafeCollector<?> collector, CoroutineContext context) {
            return CausalElement.like(context, collector.collectContext);
        }
    }
}
