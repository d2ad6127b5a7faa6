package dev.weir.agent.export;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says which process the spans come from. */
final class Resource {

    private Resource() {}

    static Map<String, Object> of(OtlpSettings settings, String version) {
        Map<String, Object> resource = new LinkedHashMap<>();
        resource.put("service.name", "unknown_service:java");
        String derived = fromCommand(System.getProperty("sun.java.command"));
        if (derived != null) resource.put("service.name", derived);
        resource.put("telemetry.sdk.name", "weir");
        resource.put("telemetry.sdk.language", "java");
        resource.put("telemetry.sdk.version", version);
        resource.put("process.pid", ProcessHandle.current().pid());
        resource.put("process.runtime.name", System.getProperty("java.runtime.name", ""));
        resource.put("process.runtime.version", System.getProperty("java.runtime.version", ""));
        resource.put("os.type", os(System.getProperty("os.name", "")));
        resource.putAll(settings.resourceAttributes());
        String name = settings.serviceName();
        if (name != null) resource.put("service.name", name);
        return resource;
    }

    /** The jar's name without version and ending, or the main class's simple name. Never the arguments: they leak. */
    static @Nullable String fromCommand(@Nullable String command) {
        if (command == null || command.isBlank()) return null;
        int space = command.indexOf(' ');
        String first = space < 0 ? command : command.substring(0, space);
        if (first.endsWith(".jar")) {
            String file = first.substring(first.lastIndexOf(File.separatorChar) + 1, first.length() - 4);
            int version = 1;
            while (version < file.length()
                    && !(file.charAt(version - 1) == '-' && Character.isDigit(file.charAt(version)))) version++;
            return version < file.length() ? file.substring(0, version - 1) : file;
        }
        String simple = first.substring(first.lastIndexOf('.') + 1);
        return simple.substring(simple.lastIndexOf('/') + 1);
    }

    private static String os(String name) {
        if (name.startsWith("Linux")) return "linux";
        if (name.startsWith("Mac")) return "darwin";
        return name.startsWith("Windows") ? "windows" : name;
    }
}
