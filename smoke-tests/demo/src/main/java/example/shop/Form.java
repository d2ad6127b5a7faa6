package example.shop;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** A form as it goes over the wire. */
public final class Form {
    private Form() {}

    /** Encodes names and values given in turn. */
    public static String of(Object... namesAndValues) {
        StringJoiner form = new StringJoiner("&");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            form.add(namesAndValues[i] + "="
                    + URLEncoder.encode(String.valueOf(namesAndValues[i + 1]), StandardCharsets.UTF_8));
        }
        return form.toString();
    }
}
