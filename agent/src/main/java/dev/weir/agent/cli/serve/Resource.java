package dev.weir.agent.cli.serve;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The process that spans came from. */
record Resource(Map<String, Object> attributes) {
    static final Resource UNKNOWN = new Resource(Map.of());

    String service() {
        Object name = attributes.get("service.name");
        return name == null || name.toString().isEmpty() ? "unknown_service" : name.toString();
    }

    @Nullable
    String pid() {
        Object pid = attributes.get("process.pid");
        return pid == null ? null : pid.toString();
    }

    long weight() {
        return Span.weight(attributes);
    }

    @SuppressWarnings("ReferenceEquality") // Only a shortcut: the spans of a process mostly share their resource.
    boolean sameProcess(Resource other) {
        return this == other
                || (service().equals(other.service()) && String.valueOf(pid()).equals(String.valueOf(other.pid())));
    }
}
