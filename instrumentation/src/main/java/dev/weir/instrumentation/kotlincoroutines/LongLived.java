package dev.weir.instrumentation.kotlincoroutines;

import kotlinx.coroutines.CoroutineScope;

/**
 * Scopes whose coroutines serve many runs: event loops and connections. One that took the context of the run that happened
 * to start it would keep that run alive, and blame everything that follows on it.
 */
final class LongLived {

    private static final String[] SCOPES = {
        "io.ktor.client.engine.cio.ConnectionPipeline", "io.ktor.client.engine.cio.Endpoint", "io.ktor.network.",
    };

    private static final ClassValue<Boolean> SERVED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            String name = type.getName();
            for (String prefix : SCOPES) {
                if (name.startsWith(prefix)) return true;
            }
            return false;
        }
    };

    private LongLived() {}

    static boolean isServedBy(CoroutineScope scope) {
        return SERVED.get(scope.getClass());
    }
}
