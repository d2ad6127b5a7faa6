package dev.weir.instrumentation;

import dev.weir.instrumentation.jdkhttpclient.JdkHttpClientInstrumentation;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import dev.weir.instrumentation.weaving.Instrumentation;
import java.util.List;

/** Every adapter there is. Sorted by name. */
public final class Instrumentations {

    private Instrumentations() {}

    /** A new instance of each. */
    public static List<Instrumentation> all() {
        return List.of(new JdkHttpClientInstrumentation(), new ThreadsInstrumentation());
    }
}
