package dev.weir.agent.cli.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weir.agent.cli.CommandFailure;
import dev.weir.agent.cli.Receiver;
import dev.weir.agent.cli.ReceiverOptions;
import dev.weir.agent.cli.serve.Quantity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code java -jar weir.jar report}. */
@Command(
        name = "report",
        description = "Says for each rule what enforce would have refused, delayed or changed, from the chains that a"
                + " running 'serve' holds.",
        sortOptions = false)
public final class ReportCommand implements Callable<Integer> {

    private static final int MOST_CHAINS = 999_999;

    @Option(
            names = "--since",
            defaultValue = "1h",
            paramLabel = "<time>",
            converter = Quantity.Age.class,
            description = "How far to look back: 30m, 24h, 7d. Default: ${DEFAULT-VALUE}.")
    private Duration since = Duration.ZERO;

    @Mixin
    private ReceiverOptions at = new ReceiverOptions();

    @Option(names = "--html", paramLabel = "<file>", description = "Write one HTML file that can be mailed.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (spec == null) throw new IllegalStateException("not run by picocli");
        DryRun dryRun = read();
        ReportText text = new ReportText(dryRun, since, at.address().toString());
        if (html != null) {
            try {
                Files.writeString(
                        html, ReportHtml.of(dryRun, since, at.address().toString()), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new CommandFailure("cannot write " + html + ": " + e.getMessage());
            }
        }
        String answer = json ? text.json() : html == null ? text.text() : "Written to " + html.toAbsolutePath();
        spec.commandLine().getOut().println(answer);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private DryRun read() throws InterruptedException {
        Receiver receiver = at.receiver();
        JsonObject list = json(receiver.get("/api/traces?limit=" + MOST_CHAINS));
        if (list == null || !list.has("traces")) throw new CommandFailure(at.address() + " is no weir serve");
        long oldest = Math.multiplyExact(Instant.now().minus(since).toEpochMilli(), 1_000_000L);
        DryRun dryRun = new DryRun();
        if (list.has("evicted")) dryRun.letGo(list.get("evicted").getAsLong());
        for (JsonElement each : list.getAsJsonArray("traces")) {
            JsonObject summary = each.getAsJsonObject();
            long end = Long.parseUnsignedLong(summary.get("startUnixNano").getAsString())
                    + Long.parseLong(summary.get("durationNano").getAsString());
            if (end < oldest) continue;
            // It may be gone by now.
            JsonObject chain =
                    json(receiver.get("/api/traces/" + summary.get("id").getAsString()));
            if (chain != null) dryRun.add(chain);
        }
        return dryRun;
    }

    private @Nullable JsonObject json(@Nullable String answer) {
        try {
            return answer == null ? null : JsonParser.parseString(answer).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new CommandFailure(at.address() + " is no weir serve: " + e.getMessage());
        }
    }
}
