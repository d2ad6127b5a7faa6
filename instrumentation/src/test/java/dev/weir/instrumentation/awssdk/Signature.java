package dev.weir.instrumentation.awssdk;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A request's signature, as the service checks it: AWS Signature Version 4. */
final class Signature {

    private static final Pattern AUTHORIZATION =
            Pattern.compile("(AWS4-HMAC-SHA256) Credential=[^/]+/(\\S+), SignedHeaders=(\\S+), Signature=(\\S+)");

    private final String secret;
    private final String date;
    private final Matcher authorization;
    private final String canonicalRequest;

    Signature(String secret, HttpExchange exchange, byte[] body) {
        this.secret = secret;
        this.date = header(exchange, "x-amz-date");
        this.authorization = AUTHORIZATION.matcher(header(exchange, "authorization"));
        if (!authorization.matches()) throw new IllegalArgumentException("not signed: " + authorization);
        List<String> lines = new ArrayList<>();
        lines.add(exchange.getRequestMethod());
        lines.add(exchange.getRequestURI().getRawPath());
        lines.add("");
        for (String name : authorization.group(3).split(";")) lines.add(name + ":" + header(exchange, name));
        lines.add("");
        lines.add(authorization.group(3));
        lines.add(sha256(body));
        this.canonicalRequest = String.join("\n", lines);
    }

    /** The names of the headers that were signed. */
    List<String> signedHeaders() {
        return List.of(authorization.group(3).split(";"));
    }

    /** What was signed, as the server sees it. */
    String canonicalRequest() {
        return canonicalRequest;
    }

    boolean isGenuine() {
        String scope = authorization.group(2);
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) key = hmac(key, part);
        String text = String.join(
                "\n", authorization.group(1), date, scope, sha256(canonicalRequest.getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(hmac(key, text)).equals(authorization.group(4));
    }

    private static String header(HttpExchange exchange, String name) {
        List<String> values =
                Objects.requireNonNull(exchange.getRequestHeaders().get(name), name);
        return String.join(",", values).strip().replaceAll(" +", " ");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
