/** LangChain4j's own retries. */
@NullMarked
package dev.weir.instrumentation.langchain4jretry;

import org.jspecify.annotations.NullMarked;
