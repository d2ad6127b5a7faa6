package dev.weir.agent.pipeline;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.TreeSet;

/** Writes JSON so that two texts that mean the same are the same: without white space, and members in order. */
final class CanonicalJson {

    private CanonicalJson() {}

    /** What is no JSON is left as it is: models write that too. */
    static String of(String text) {
        try {
            StringBuilder canonical = new StringBuilder(text.length());
            write(JsonParser.parseString(text), canonical);
            return canonical.toString();
        } catch (JsonParseException | StackOverflowError e) {
            return text;
        }
    }

    private static void write(JsonElement element, StringBuilder to) {
        if (element instanceof JsonObject object) {
            to.append('{');
            for (String name : new TreeSet<>(object.keySet())) {
                to.append(new JsonPrimitive(name)).append(':');
                write(object.get(name), to);
                to.append(',');
            }
            to.append('}');
        } else if (element instanceof JsonArray array) {
            to.append('[');
            for (JsonElement each : array) {
                write(each, to);
                to.append(',');
            }
            to.append(']');
        } else {
            to.append(element);
        }
    }
}
