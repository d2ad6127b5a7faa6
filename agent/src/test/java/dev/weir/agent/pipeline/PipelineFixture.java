package dev.weir.agent.pipeline;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Settings;
import dev.weir.agent.export.EpochClock;
import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Mode;
import dev.weir.agent.rules.RuleBook;
import dev.weir.bootstrap.Call;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A whole pipeline whose records go into a list. */
final class PipelineFixture {

    /** A tracer that makes spans of what an adapter tells of. */
    static final String TOLD = "told.already";

    /** Where this pipeline's spans would go. */
    static final String HERE = "http://here:4318/v1/traces";

    final List<SpanRecord> records = new CopyOnWriteArrayList<>();
    final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    final Log log = new Log(new PrintStream(stderr, true), Log.Level.DEBUG);
    final Assembly assembly;
    final RuleBook rules;
    final CallPipeline pipeline;

    PipelineFixture(Map<String, String> properties) {
        Settings settings = new Settings(properties, Map.of(), Map.of(), complaint -> {
            throw new AssertionError(complaint);
        });
        assembly = new Assembly(settings);
        rules = assembly.rules();
        Sharing sharing = new Sharing(settings, (endpoint, grpc) -> endpoint.equals(HERE));
        pipeline = assembly.pipeline(
                rules, new Sampler(1, true), records::add, Set.of(TOLD), sharing, new EpochClock(), log);
    }

    PipelineFixture() {
        this(Map.of());
    }

    PipelineFixture enforcing() {
        for (String name : rules.names()) rules.mode(name, Mode.ENFORCE);
        return this;
    }

    SpanRecord last() {
        return records.get(records.size() - 1);
    }

    /** Makes a call that is answered with this status. */
    SpanRecord call(Sent sent, int status) {
        Call call = pipeline.begin(sent);
        pipeline.end(call, status, null, null);
        return last();
    }

    static Sent pay() {
        return Sent.to("POST", "http://pay/charge", "10 EUR");
    }

    static String outcomes(SpanRecord record) {
        List<String> outcomes = new ArrayList<>();
        for (SpanRecord.Verdict verdict : record.verdicts()) outcomes.add(verdict.rule() + " " + verdict.outcome());
        return String.join(", ", outcomes);
    }
}
