/** An application that knows nothing of Weir: a shop that charges its customers with a tool of an MCP server. */
@NullMarked
package example.mcp;

import org.jspecify.annotations.NullMarked;
