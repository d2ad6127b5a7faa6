package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.Program;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** What metrics and JMX tell of rules while a destination is down. */
class CircuitsIT {

    /** Destination and state, as exported last. */
    private static Map<String, Long> circuits(List<Metric> metrics) {
        Map<String, Long> circuits = new TreeMap<>();
        for (Metric metric : metrics) {
            if (!metric.getName().equals("weir.circuit.state")) continue;
            for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
                assertEquals("weir.destination", point.getAttributes(0).getKey());
                circuits.put(point.getAttributes(0).getValue().getStringValue(), point.getAsInt());
            }
        }
        return circuits;
    }

    @Test
    void anOpenCircuitIsSeenFromOutside() throws Exception {
        try (Target down = new Target();
                Collector collector = Collector.start();
                Program program = Fork.of(Retrier.class, down.url(""))
                        .weir(collector, "otel.metric.export.interval=200", "weir.rule.circuit-breaker.open-ms=3600000")
                        .start()) {
            program.awaitStdout("ready"::equals);
            String destination = URI.create(down.url("/")).getAuthority();
            program.tell("/well");
            program.awaitStdout("/well 200 200 200 200 200 200"::equals);
            List<Metric> well = collector.awaitMetrics(
                    "calls",
                    metrics -> metrics.stream().anyMatch(each -> each.getName().equals("weir.attempts")));
            assertEquals(Map.of(), circuits(well), "of what is well nothing is told");

            program.tell("/fail");
            program.awaitStdout("/fail 503 503 503 503 503 503"::equals);
            collector.awaitMetrics("open circuit", metrics -> circuits(metrics).equals(Map.of(destination, 2L)));
            try (Jmx jmx = new Jmx(program)) {
                assertArrayEquals(new String[] {destination + " open"}, (String[]) jmx.count("Circuits"));
                jmx.mode("circuit-breaker", "off");
                collector.awaitMetrics(
                        "metrics without circuits", metrics -> circuits(metrics).isEmpty());
                assertArrayEquals(new String[0], (String[]) jmx.count("Circuits"));
            }
            program.end();
        }
    }

    @Test
    void everyRuleHasABean() throws Exception {
        try (Target target = new Target();
                Program program = Fork.of(Retrier.class, target.url(""))
                        .weir("otel.traces.exporter=none", "weir.rule.deadline=enforce")
                        .start()) {
            program.awaitStdout("ready"::equals);
            String start = program.awaitStderr(line -> line.contains(": rules "));
            String rules = start.replaceFirst(".*: rules ", "").replaceFirst("; adapters .*", "");
            Map<String, String> modes = new TreeMap<>();
            Matcher rule = Pattern.compile("([a-z-]+) (off|observe|enforce)").matcher(rules);
            while (rule.find()) modes.put(rule.group(1), rule.group(2));
            assertTrue(modes.size() >= 5, start);
            try (Jmx jmx = new Jmx(program)) {
                assertEquals(modes.keySet(), jmx.rules());
                for (String name : jmx.rules()) check(jmx, name, modes.get(name));
            }
            program.end();
        }
    }

    private static void check(Jmx jmx, String rule, String mode) throws Exception {
        assertEquals(mode, jmx.mode(rule));
        assertEquals(rule.equals("deadline") ? "system property" : "default", jmx.attribute(rule, "ModeFrom"), rule);
        for (CompositeData option : (CompositeData[]) jmx.attribute(rule, "Options")) {
            assertTrue(String.valueOf(option.get("name")).startsWith("weir."), option::toString);
            assertEquals("default", option.get("from"), option::toString);
        }
    }
}
