package dev.weir.agent.cli.report;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weir.agent.config.Settings;
import java.time.Duration;
import java.util.List;

/** The report for a terminal, and for a program. */
final class ReportText {

    private static final int MOST_CAUSES = 5;
    private static final int LONGEST_CALL = 100;
    private static final int LONGEST_REASON = 160;

    private final DryRun dryRun;
    private final Duration since;
    private final String from;

    ReportText(DryRun dryRun, Duration since, String from) {
        this.dryRun = dryRun;
        this.since = since;
        this.from = from;
    }

    /** What was looked at. */
    static String heading(DryRun dryRun, Duration since, String from) {
        return count(dryRun.chains(), "chain") + ", " + count(dryRun.spans(), "span") + " of "
                + count(dryRun.services().size(), "service") + " in the last " + length(since) + ", from " + from
                + (dryRun.letGo() == 0
                        ? ""
                        : "; it had " + count(dryRun.letGo(), "chain")
                                + " more and let them go: give it more --max-traces and --max-memory");
    }

    private static String count(long number, String noun) {
        return String.format("%,d %s%s", number, noun, number == 1 ? "" : "s");
    }

    private static String length(Duration time) {
        if (time.toSeconds() % 86_400 == 0) return time.toDays() + " d";
        if (time.toSeconds() % 3_600 == 0) return time.toHours() + " h";
        return time.toSeconds() % 60 == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }

    /** What a rule's report comes to. */
    static String sum(RuleReport rule) {
        String would = rule.wouldHave();
        String did = rule.did();
        if (would.isEmpty() && did.isEmpty()) {
            return rule.causes().isEmpty()
                    ? "nothing to refuse, delay or change"
                    : "enforce would have changed nothing";
        }
        StringBuilder sum = new StringBuilder();
        if (!would.isEmpty()) sum.append("enforce would have ").append(would);
        if (!did.isEmpty())
            sum.append(sum.length() == 0 ? "" : "; ").append("did: ").append(did);
        return sum.append(", in ").append(count(rule.chains(), "chain")).toString();
    }

    String text() {
        StringBuilder text = new StringBuilder(heading(dryRun, since, from)).append(System.lineSeparator());
        if (dryRun.worst() > 1 && dryRun.worstTrace() != null) {
            line(text, "worst: one operation came to " + dryRun.worst() + " attempts, trace " + dryRun.worstTrace());
        }
        for (RuleReport rule : dryRun.rules()) {
            line(text, "");
            line(text, String.format("%-16s %s", rule.rule(), sum(rule)));
            List<RuleReport.Cause> causes = rule.causes();
            for (RuleReport.Cause cause : causes.subList(0, Math.min(MOST_CAUSES, causes.size()))) {
                line(
                        text,
                        String.format(
                                "  %,6d × %-12s %s: %s",
                                cause.count,
                                cause.outcome,
                                Settings.shown(cause.service, LONGEST_CALL),
                                Settings.shown(cause.call, LONGEST_CALL)));
                if (cause.layers != null) {
                    line(text, "           by " + Settings.shown(cause.layers, LONGEST_CALL));
                }
                line(text, "           " + Settings.shown(cause.reason, LONGEST_REASON));
                line(text, "           trace " + String.join(", ", cause.examples()));
            }
            if (causes.size() > MOST_CAUSES) {
                line(text, "         … and " + (causes.size() - MOST_CAUSES) + " more causes (--json has all)");
            }
        }
        line(text, "");
        return text + "Switch a rule on: java -jar weir.jar mode <pid> <rule> enforce, or -Dweir.rule.<rule>=enforce";
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append(System.lineSeparator());
    }

    String json() {
        JsonObject report = new JsonObject();
        report.addProperty("chains", dryRun.chains());
        report.addProperty("spans", dryRun.spans());
        report.addProperty("letGo", dryRun.letGo());
        report.addProperty("worstAttempts", dryRun.worst());
        report.addProperty("worstTrace", dryRun.worstTrace());
        JsonArray rules = new JsonArray();
        for (RuleReport rule : dryRun.rules()) rules.add(json(rule));
        report.add("rules", rules);
        return new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(report);
    }

    private static JsonObject json(RuleReport rule) {
        JsonObject object = new JsonObject();
        object.addProperty("rule", rule.rule());
        object.addProperty("chains", rule.chains());
        JsonObject outcomes = new JsonObject();
        rule.outcomes().forEach(outcomes::addProperty);
        object.add("outcomes", outcomes);
        JsonArray causes = new JsonArray();
        for (RuleReport.Cause cause : rule.causes()) {
            JsonObject row = new JsonObject();
            row.addProperty("count", cause.count);
            row.addProperty("outcome", cause.outcome);
            row.addProperty("service", cause.service);
            row.addProperty("call", cause.call);
            row.addProperty("layers", cause.layers);
            row.addProperty("reason", cause.reason);
            JsonArray traces = new JsonArray();
            cause.examples().forEach(traces::add);
            row.add("traces", traces);
            causes.add(row);
        }
        object.add("causes", causes);
        return object;
    }
}
