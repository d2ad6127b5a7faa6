package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;

/** Says where the application's own exporters send to. */
final class Exporters {

    private static final String ENDPOINT = "{endpoint=";

    private Exporters() {}

    /** An exporter was made. Its text is OpenTelemetry's own; it says where it sends to, but for the oldest. */
    static void made(Object exporter, boolean grpc) {
        Hooks.exportsTo(endpoint(exporter.toString()), grpc);
    }

    private static String endpoint(String text) {
        int said = text.indexOf(ENDPOINT);
        if (said < 0) return "";
        int from = said + ENDPOINT.length();
        int end = from;
        while (end < text.length() && text.charAt(end) != ',' && text.charAt(end) != '}') end++;
        return text.substring(from, end);
    }
}
