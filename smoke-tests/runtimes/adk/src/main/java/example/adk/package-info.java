/** An application that knows nothing of Weir: a shop with agents of Google's ADK, and a tool on an MCP server. */
@NullMarked
package example.adk;

import org.jspecify.annotations.NullMarked;
