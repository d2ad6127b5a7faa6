package dev.weir.instrumentation.kotlincoroutines;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.CoroutineScope;
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
    }

    /** A coroutine that is started where there is no causal context has what its parent has. */
    static final class Started {

        static @Nullable CoroutineContext exit(
                @Nullable CoroutineContext made, @Nullable Throwable thrown, CoroutineScope scope) {
            Object here = made == null ? null : Hooks.capture();
            if (made == null || here == null || LongLived.isServedBy(scope)) return made;
            CausalElement inherited = made.get(CausalElement.KEY);
            // The same one where it is the same: flows compare the elements around them by identity.
            return inherited != null && inherited.isOf(here) ? made : made.plus(new CausalElement(here));
        }
    }
}
