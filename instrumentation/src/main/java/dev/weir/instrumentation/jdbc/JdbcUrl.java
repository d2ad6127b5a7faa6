package dev.weir.instrumentation.jdbc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** JDBC URLs as they may be shown. */
final class JdbcUrl {

    private static final String HIDDEN = "***";
    private static final String[] SECRETS = {"pass", "pwd", "secret", "token", "key", "credential"};

    private JdbcUrl() {}

    /** The URL without passwords: neither {@code user:password@host} nor properties that sound like a secret. */
    static String withoutSecrets(@Nullable String url) {
        if (url == null) return "";
        String shown = withoutUserInfo(url);
        int from = firstOf(shown, "?;", 0);
        if (from == shown.length()) return shown;
        StringBuilder result = new StringBuilder(shown.length()).append(shown, 0, from);
        int at = from;
        while (at < shown.length()) {
            int equals = shown.indexOf('=', at);
            // SQL Server puts values that contain separators in braces.
            boolean braced = equals > 0 && shown.startsWith("{", equals + 1);
            int closing = braced ? shown.indexOf('}', equals) : -1;
            int end = firstOf(shown, "&;", closing < 0 || firstOf(shown, "&;", at + 1) < equals ? at + 1 : closing);
            if (equals > 0 && equals < end && isSecret(shown.substring(at + 1, equals))) {
                result.append(shown, at, equals + 1).append(HIDDEN);
            } else {
                result.append(shown, at, end);
            }
            at = end;
        }
        return result.toString();
    }

    /** {@code //user:password@host} and Oracle's {@code thin:user/password@host}. */
    private static String withoutUserInfo(String url) {
        int end = firstOf(url, "?;", 0);
        int at = url.lastIndexOf('@', end - 1);
        int slashes = url.indexOf("//");
        if (at < 0) return url;
        int secret;
        if (slashes >= 0 && slashes < at) secret = firstOf(url, ":", slashes + 2);
        else if (url.startsWith("jdbc:oracle:")) secret = firstOf(url, "/", 0);
        else return url;
        return secret >= at ? url : url.substring(0, secret + 1) + HIDDEN + url.substring(at);
    }

    private static boolean isSecret(String property) {
        String name = property.toLowerCase(Locale.ROOT);
        for (String secret : SECRETS) {
            if (name.contains(secret)) return true;
        }
        return false;
    }

    private static int firstOf(String text, String characters, int from) {
        int at = from;
        while (at < text.length() && characters.indexOf(text.charAt(at)) < 0) at++;
        return at;
    }
}
