package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules and the dashboard in {@code docs}: Prometheus' own tool reads them, and every metric exists. */
class MonitoringFilesIT {

    private static final Path DOCS = Path.of("../../docs").toAbsolutePath().normalize();
    /** A metric, or one of its attributes. */
    private static final Pattern METRIC =
            Pattern.compile("\\b((?:weir|gen_ai_client)_[a-z_]+?)(?:_seconds)?(?:_total|_bucket|_count|_sum)?\\b");

    @TempDir
    private Path folder;

    private static Path promtool() {
        Path found = Stream.of(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(found != null, "no promtool here (Debian: prometheus): alert rules and dashboard are not checked");
        return found;
    }

    private String promtool(Path in, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(promtool().toString()));
        command.addAll(List.of(words));
        Path out = Files.createTempFile(folder, "promtool", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
        String said = Files.readString(out);
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    private static List<String> expressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        JsonObject dashboard = JsonParser.parseString(Files.readString(DOCS.resolve("grafana/weir-dashboard.json")))
                .getAsJsonObject();
        for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
            for (JsonElement target : panel.getAsJsonObject().getAsJsonArray("targets")) {
                expressions.add(target.getAsJsonObject().get("expr").getAsString());
            }
        }
        return expressions;
    }

    @Test
    void alertsComeWhenThereIsHarmAndOnlyThen() throws Exception {
        Path rules = DOCS.resolve("prometheus");
        assertTrue(promtool(rules, "check", "rules", "weir-alerts.yml").contains("SUCCESS"));
        assertTrue(promtool(rules, "test", "rules", "weir-alerts-test.yml").contains("SUCCESS"));
    }

    @Test
    void everyPanelAsksSomethingThatPrometheusUnderstands() throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        int number = 0;
        for (String expression : expressions()) {
            String asked = expression.replace("$__rate_interval", "5m").replace("$job", ".*");
            rules.append("      - record: panel").append(number++).append("\n        expr: >-\n          ");
            rules.append(asked).append('\n');
        }
        Files.writeString(folder.resolve("dashboard.yml"), rules, StandardCharsets.UTF_8);
        String said = promtool(folder, "check", "rules", "dashboard.yml");
        assertTrue(said.contains("SUCCESS: " + number + " rules"), said);
    }

    @Test
    void everyMetricIsDocumented() throws IOException {
        String documented = Files.readString(DOCS.resolve("metrics.md"));
        String used = Files.readString(DOCS.resolve("prometheus/weir-alerts.yml")) + String.join("\n", expressions());
        Set<String> names = new TreeSet<>();
        for (Matcher metric = METRIC.matcher(used); metric.find(); ) {
            names.add(metric.group(1));
        }
        assertTrue(names.size() >= 8, names.toString());
        for (String name : names) {
            String pattern = name.replace("_", "[._]");
            assertTrue(
                    Pattern.compile("`" + pattern + "`").matcher(documented).find(),
                    name + " is not in docs/metrics.md");
        }
    }
}
