package dev.weir.agent.export;

import java.util.List;

/** URLs as they may be shown: values of query parameters that carry credentials are cut out. */
final class UrlText {

    private static final List<String> SECRET = List.of(
            "key",
            "api_key",
            "apikey",
            "api-key",
            "access_token",
            "token",
            "auth",
            "password",
            "secret",
            "client_secret",
            "sig",
            "signature",
            "x-goog-signature",
            "x-amz-signature",
            "x-amz-security-token",
            "x-amz-credential",
            "awsaccesskeyid");

    private UrlText() {}

    static String query(String query) {
        StringBuilder shown = null;
        int from = 0;
        while (from <= query.length()) {
            int ampersand = query.indexOf('&', from);
            int end = ampersand < 0 ? query.length() : ampersand;
            int equals = query.indexOf('=', from);
            if (equals > from && equals < end && isSecret(query, from, equals - from)) {
                if (shown == null) shown = new StringBuilder(query.substring(0, from));
                shown.append(query, from, equals).append("=REDACTED");
            } else if (shown != null) {
                shown.append(query, from, end);
            }
            if (shown != null && ampersand >= 0) shown.append('&');
            from = end + 1;
        }
        return shown == null ? query : shown.toString();
    }

    private static boolean isSecret(String query, int from, int length) {
        for (int i = 0; i < SECRET.size(); i++) {
            String secret = SECRET.get(i);
            if (secret.length() == length && query.regionMatches(true, from, secret, 0, length)) return true;
        }
        return false;
    }

    /** Appends the URL of an HTTP record. */
    static StringBuilder full(SpanRecord record, StringBuilder url) {
        url.append(record.scheme).append("://").append(record.target);
        boolean usual = record.port == (record.scheme.equals("https") ? 443 : 80);
        if (!usual) url.append(':').append(record.port);
        if (record.path != null) url.append(record.path);
        if (record.query != null) url.append('?').append(query(record.query));
        return url;
    }
}
