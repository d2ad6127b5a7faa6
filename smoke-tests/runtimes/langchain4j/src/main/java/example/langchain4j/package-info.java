/** An application that knows nothing of Weir: an agent on LangChain4j that sells things. */
@NullMarked
package example.langchain4j;

import org.jspecify.annotations.NullMarked;
