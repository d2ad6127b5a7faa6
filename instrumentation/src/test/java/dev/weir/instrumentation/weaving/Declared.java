package dev.weir.instrumentation.weaving;

import dev.weir.instrumentation.declared.DeclaredScopesInstrumentation;
import java.util.List;

/** Declares something for the one adapter that weaves nothing before a person has declared something. */
final class Declared {

    private Declared() {}

    static Instrumentation something(Instrumentation adapter) {
        if (!(adapter instanceof DeclaredScopesInstrumentation)) return adapter;
        return new DeclaredScopesInstrumentation(
                List.of("com.acme.Agent#charge"), List.of("com.acme.Agent#run"), List.of("com.acme.Agent#attempt"));
    }
}
