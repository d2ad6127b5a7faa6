/** The MCP Java SDK, client and server. */
@NullMarked
package dev.weir.instrumentation.mcp;

import org.jspecify.annotations.NullMarked;
