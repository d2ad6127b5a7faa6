package dev.weir.micro;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import dev.weir.agent.export.EpochClock;
import dev.weir.agent.export.Exporter;
import dev.weir.agent.export.OtlpSettings;
import dev.weir.agent.pipeline.Assembly;
import dev.weir.agent.pipeline.CallPipeline;
import dev.weir.agent.pipeline.Sampler;
import dev.weir.agent.pipeline.Sharing;
import dev.weir.agent.rules.RuleBook;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * An agent with its default settings and without weaving: what is offered goes through the real queue and the real
 * exporter's thread to a sink in this JVM that discards it.
 */
@State(Scope.Benchmark)
public class Weir implements AutoCloseable {

    private final Sink sink = Sink.discarding();
    private final Exporter exporter;
    private final CallPipeline pipeline;
    private final Log log = new Log(System.err, Log.Level.INFO);

    public Weir() {
        this(Map.of());
    }

    /** @param more settings that are not the default */
    public Weir(Map<String, String> more) {
        Map<String, String> given = new HashMap<>(more);
        given.put("otel.exporter.otlp.endpoint", sink.endpoint());
        Settings settings = new Settings(given, Map.of(), Map.of(), Weir::complain);
        OtlpSettings otlp = new OtlpSettings(settings, Weir::complain);
        EpochClock clock = new EpochClock();
        AtomicReference<@Nullable CallPipeline> started = new AtomicReference<>();
        int capacity = (int) settings.number(Setting.EXPORT_QUEUE);
        exporter = new Exporter(capacity, otlp, clock, log, "micro", () -> {
            CallPipeline running = started.get();
            if (running != null) running.disown();
        });
        Assembly assembly = new Assembly(settings);
        RuleBook rules = assembly.rules();
        Sampler sampler = new Sampler(otlp.ratio(), otlp.asksParent());
        pipeline = assembly.pipeline(
                rules, sampler, exporter.sink(), Set.of(), new Sharing(settings, otlp::isSame), clock, log);
        started.set(pipeline);
    }

    private static void complain(String complaint) {
        throw new IllegalArgumentException(complaint);
    }

    public CallPipeline pipeline() {
        return pipeline;
    }

    /** How many records the sink has taken. */
    public long sent() {
        return exporter.sent();
    }

    /** How many records were lost. */
    public long dropped() {
        return exporter.dropped();
    }

    /** The pipeline swallows its own failures, which would make a benchmark look good. */
    @Override
    @TearDown
    public void close() throws IOException {
        exporter.shutdown(10_000);
        sink.close();
        if (log.failures() > 0) throw new IllegalStateException(log.failures() + " failures, see above");
    }
}
