package dev.weir.instrumentation.koog;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.kotlincoroutines.KotlinCoroutinesInstrumentation;
import dev.weir.instrumentation.ktor.KtorClientInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Agents of Koog, over a model that says what a test wants. */
abstract class KoogFixture {

    @RegisterExtension
    final Woven woven = new Woven(
            new KoogInstrumentation(),
            new KotlinCoroutinesInstrumentation(),
            new KtorClientInstrumentation(),
            new ThreadsInstrumentation());

    Koog koog;

    @BeforeEach
    void start() throws Exception {
        koog = new Koog();
        woven.agent().alsoFollow("ktor-client");
    }

    @AfterEach
    void stop() throws Exception {
        koog.close();
    }

    List<GenAiFacts> begun(CallFacts.Kind kind) {
        return woven.agent().begun().stream()
                .filter(facts -> facts.kind() == kind)
                .map(GenAiFacts.class::cast)
                .toList();
    }
}
