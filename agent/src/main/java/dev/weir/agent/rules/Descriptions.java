package dev.weir.agent.rules;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.FileFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.McpFacts;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.bootstrap.ProcessFacts;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.bootstrap.SqlFacts;

/** How a call is named in a message to a person. Built only when there is something to say. */
final class Descriptions {

    private static final int LONGEST = 120;

    private Descriptions() {}

    static String of(CallFacts facts) {
        if (facts instanceof HttpFacts http) {
            if (http.rpcSystem() != null) return http.rpcSystem() + " " + http.host() + ":" + http.port() + http.path();
            return http.method() + " " + http.scheme() + "://" + http.host() + ":" + http.port() + http.path();
        }
        if (facts instanceof SqlFacts sql) {
            return "\"" + cut(sql.text()) + "\"";
        }
        if (facts instanceof FileFacts file) return file.action() + " " + file.path();
        if (facts instanceof MessageFacts message) {
            return "a message to " + cut(message.system() + ":" + message.destination());
        }
        if (facts instanceof ProcessFacts process) return "the start of " + cut(process.executable());
        if (facts instanceof McpFacts mcp) {
            return "MCP " + mcp.method() + (mcp.target() == null ? "" : " " + cut(mcp.target()));
        }
        if (facts instanceof ScopeFacts scope) return scope.kind() + " " + scope.name();
        return facts.kind().toString();
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
