package dev.weir.agent.cli.transfer;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weir.agent.cli.CommandFailure;
import dev.weir.agent.cli.Receiver;
import dev.weir.agent.cli.ReceiverOptions;
import java.io.BufferedReader;
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

/** {@code java -jar weir.jar import <file>}. */
@Command(
        name = "import",
        description = "Sends files of OTLP JSON lines to a running 'serve', or to any other OTLP/HTTP receiver.",
        sortOptions = false)
public final class ImportCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "<file>", description = "Files that 'export' or a collector has written.")
    private List<Path> files = new ArrayList<>();

    @Mixin
    private ReceiverOptions at = new ReceiverOptions();

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (spec == null) throw new IllegalStateException("not run by picocli");
        Receiver receiver = at.receiver();
        long sent = 0;
        for (Path file : files) sent += send(file, receiver);
        JsonObject answer = new JsonObject();
        answer.addProperty("lines", sent);
        answer.addProperty("to", at.address().toString());
        String words = sent + (sent == 1 ? " line" : " lines") + " sent to " + at.address();
        spec.commandLine().getOut().println(json ? answer.toString() : words);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static long send(Path file, Receiver receiver) throws InterruptedException {
        long number = 0;
        long sent = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) continue;
                if (!isTraces(line)) {
                    throw new CommandFailure(file + ", line " + number + ", is no OTLP JSON with spans; " + sent
                            + " lines before it were sent.");
                }
                receiver.post("/v1/traces", line);
                sent++;
            }
            return sent;
        } catch (IOException e) {
            throw new CommandFailure("cannot read " + file + ": " + e.getMessage());
        }
    }

    private static boolean isTraces(String line) {
        try {
            return JsonParser.parseString(line) instanceof JsonObject request && request.has("resourceSpans");
        } catch (JsonParseException e) {
            return false;
        }
    }
}
