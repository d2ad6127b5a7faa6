/** Agents, model calls, tools and memories of LangChain4j. */
@NullMarked
package dev.weir.instrumentation.langchain4j;

import org.jspecify.annotations.NullMarked;
