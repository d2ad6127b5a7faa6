package dev.weir.agent.cli.transfer;

import com.google.gson.JsonObject;
import dev.weir.agent.cli.CommandFailure;
import dev.weir.agent.cli.Receiver;
import dev.weir.agent.cli.ReceiverOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code java -jar weir.jar export <trace>}. */
@Command(
        name = "export",
        description = "Writes chains that a running 'serve' holds as OTLP JSON lines, to attach them to a ticket.",
        sortOptions = false)
public final class ExportCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "<trace>", description = "Trace ids.")
    private List<String> traces = new ArrayList<>();

    @Mixin
    private ReceiverOptions at = new ReceiverOptions();

    @Option(names = "--to", paramLabel = "<file>", description = "The file to write. Default: standard output.")
    private @Nullable Path to;

    @Option(names = "--json", description = "With --to: answer in JSON. Chains are in JSON anyway.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (spec == null) throw new IllegalStateException("not run by picocli");
        Receiver receiver = at.receiver();
        StringBuilder lines = new StringBuilder();
        for (String trace : traces) {
            if (!trace.matches("[0-9a-fA-F]{32}")) {
                throw new CommandFailure("'" + trace + "' is no trace id: it has 32 hex digits.");
            }
            String line = receiver.get("/api/traces/" + trace + "?format=otlp");
            if (line == null) throw new CommandFailure(at.address() + " does not have trace " + trace + " (any more).");
            lines.append(line);
        }
        if (to == null) {
            spec.commandLine().getOut().print(lines);
            spec.commandLine().getOut().flush();
            return 0;
        }
        try {
            Files.writeString(to, lines, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CommandFailure("cannot write " + to + ": " + e.getMessage());
        }
        JsonObject answer = new JsonObject();
        answer.addProperty("file", to.toString());
        answer.addProperty("chains", traces.size());
        String words = traces.size() + (traces.size() == 1 ? " chain" : " chains") + " written to " + to;
        spec.commandLine().getOut().println(json ? answer.toString() : words);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
