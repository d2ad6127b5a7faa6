/** An application that knows nothing of Weir: a team of agents on LangChain4j. */
@NullMarked
package example.agentic;

import org.jspecify.annotations.NullMarked;
