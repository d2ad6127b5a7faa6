package dev.weir.agent.cli.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weir.agent.cli.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code java -jar weir.jar report}. */
@Command(
        name = "report",
        description = "Says for each rule what enforce would have refused, delayed or changed, from the chains that a"
                + " running 'serve' holds.",
        sortOptions = false)
public final class ReportCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_CHAINS = 999_999;

    @Option(
            names = "--since",
            defaultValue = "1h",
            paramLabel = "<time>",
            converter = Since.class,
            description = "How far to look back: 30m, 24h, 7d. Default: ${DEFAULT-VALUE}.")
    private Duration since = Duration.ZERO;

    @Option(
            names = "--from",
            defaultValue = "http://127.0.0.1:4318",
            paramLabel = "<url>",
            description = "Where 'serve' listens. Default: ${DEFAULT-VALUE}.")
    private URI from = URI.create("http://127.0.0.1:4318");

    @Option(
            names = "--token",
            defaultValue = "${env:WEIR_SERVE_TOKEN}",
            paramLabel = "<secret>",
            description = "The token that 'serve' asks for.")
    private @Nullable String token;

    @Option(names = "--html", paramLabel = "<file>", description = "Write one HTML file that can be mailed.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** {@code 30m}, {@code 24h}, {@code 7d}. */
    static final class Since implements ITypeConverter<Duration> {

        private static final Pattern FORM = Pattern.compile("(\\d{1,5})(s|m|h|d)");

        @Override
        public Duration convert(String value) {
            Matcher form = FORM.matcher(value.strip().toLowerCase(Locale.ROOT));
            if (!form.matches() || form.group(1).matches("0+")) {
                throw new TypeConversionException(
                        "'" + value + "' is not a time to look back. Write, for example, 30m, 24h or 7d.");
            }
            long amount = Long.parseLong(form.group(1));
            return switch (form.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        if (spec == null) throw new IllegalStateException("not run by picocli");
        DryRun dryRun = read();
        ReportText text = new ReportText(dryRun, since, from.toString());
        if (html != null) {
            try {
                Files.writeString(html, ReportHtml.of(dryRun, since, from.toString()), StandardCharsets.UTF_8);
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
        HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        JsonObject list = get(client, "/api/traces?limit=" + MOST_CHAINS);
        if (list == null || !list.has("traces")) throw new CommandFailure(from + " is no weir serve");
        long oldest = Math.multiplyExact(Instant.now().minus(since).toEpochMilli(), 1_000_000L);
        DryRun dryRun = new DryRun();
        for (JsonElement each : list.getAsJsonArray("traces")) {
            JsonObject summary = each.getAsJsonObject();
            long end = Long.parseUnsignedLong(summary.get("startUnixNano").getAsString())
                    + Long.parseLong(summary.get("durationNano").getAsString());
            if (end < oldest) continue;
            JsonObject chain = get(client, "/api/traces/" + summary.get("id").getAsString());
            if (chain != null) dryRun.add(chain);
        }
        return dryRun;
    }

    /** {@code null} when it is not there any more. */
    private @Nullable JsonObject get(HttpClient client, String path) throws InterruptedException {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(from.resolve(path)).timeout(PATIENCE);
            if (token != null && !token.isBlank()) request.header("Authorization", "Bearer " + token);
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 404) return null;
            if (answer.statusCode() == 401 || answer.statusCode() == 403) {
                throw new CommandFailure(from + " wants a token: --token <secret>, or WEIR_SERVE_TOKEN.");
            }
            if (answer.statusCode() != 200) {
                throw new CommandFailure(from + " answers " + answer.statusCode() + " to " + path);
            }
            return JsonParser.parseString(answer.body()).getAsJsonObject();
        } catch (IOException e) {
            throw new CommandFailure("nobody answers at " + from + " (" + e.getMessage()
                    + "). Start 'java -jar weir.jar serve' and let agents send to it, or say where it is with --from.");
        } catch (JsonParseException | IllegalStateException | IllegalArgumentException e) {
            throw new CommandFailure(from + " is no weir serve: " + e.getMessage());
        }
    }
}
