package dev.weir.instrumentation.langchain4jretry;

import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.concurrent.Callable;

/** The retries that LangChain4j puts around model calls: {@code RetryUtils}. */
public final class LangChain4jRetryInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "langchain4j-retry";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("dev.langchain4j.internal.RetryUtils$RetryPolicy")
                // Where all others end up.
                .exactly("withRetry", "WithRetry", "java.util.concurrent.Callable", "int");
    }

    static final class WithRetry {

        static Callable<?> argument0(Object policy, Callable<?> action) {
            return new RetryLoop("langchain4j-retry", "langchain4j").tries(action);
        }
    }
}
