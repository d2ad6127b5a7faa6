package dev.weir.agent.cli.jvm;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Prints an answer for a person, or in JSON for a program. */
final class Printed {

    /** Exit code: all is well. */
    static final int WELL = 0;
    /** Exit code: the command found that something is wrong, or could not do it. */
    static final int WRONG = 1;

    private final PrintWriter out;
    private final boolean json;

    private Printed(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    static Printed of(CommandSpec spec, boolean json) {
        return new Printed(spec.commandLine().getOut(), json);
    }

    /** Picocli fills it in before it calls a command. */
    static CommandSpec spec(@Nullable CommandSpec spec) {
        if (spec == null) throw new IllegalStateException("not run by picocli");
        return spec;
    }

    static JsonArray array(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    void print(JsonObject answer, String text) {
        if (json) {
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(answer, out);
            out.println();
        } else {
            out.println(text);
        }
        out.flush();
    }
}
