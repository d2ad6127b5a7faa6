package dev.weir.agent.cli.report;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The report as one HTML file that needs nothing else: no script, no picture, no other file. */
final class ReportHtml {

    private static final int MOST_CAUSES = 50;

    private static final String STYLE = """
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 0; }
            p { margin: .25rem 0; } .would { font-weight: 600; }
            table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
            th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-top: 1px solid #8888; }
            td.count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
            code { font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
            """;

    private ReportHtml() {}

    static String of(DryRun dryRun, Duration since, String from) {
        StringBuilder html = new StringBuilder(4_096);
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.append(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.append("<title>Weir: what enforce would have done</title>\n<style>\n")
                .append(STYLE);
        html.append("</style>\n</head>\n<body>\n<h1>What enforce would have done</h1>\n");
        paragraph(html, ReportText.heading(dryRun, since, from));
        paragraph(html, "Written at " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
        if (dryRun.worst() > 1) {
            html.append("<p>Worst: one operation came to ")
                    .append(dryRun.worst())
                    .append(" attempts, trace <code>");
            escaped(html, String.valueOf(dryRun.worstTrace()));
            html.append("</code></p>\n");
        }
        for (RuleReport rule : dryRun.rules()) rule(html, rule);
        paragraph(
                html, "Switch a rule on: java -jar weir.jar mode <pid> <rule> enforce, or -Dweir.rule.<rule>=enforce");
        return html.append("</body>\n</html>\n").toString();
    }

    private static void rule(StringBuilder html, RuleReport rule) {
        html.append("<h2>");
        escaped(html, rule.rule());
        html.append("</h2>\n<p").append(rule.wouldHave().isEmpty() ? ">" : " class=\"would\">");
        escaped(html, ReportText.sum(rule));
        html.append("</p>\n");
        List<RuleReport.Cause> causes = rule.causes();
        if (causes.isEmpty()) return;
        html.append(
                "<table>\n<tr><th scope=\"col\">count</th><th scope=\"col\">verdict</th><th scope=\"col\">service</th>"
                        + "<th scope=\"col\">call</th><th scope=\"col\">why</th><th scope=\"col\">traces</th></tr>\n");
        for (RuleReport.Cause cause : causes.subList(0, Math.min(MOST_CAUSES, causes.size()))) {
            html.append("<tr><td class=\"count\">")
                    .append(String.format("%,d", cause.count))
                    .append("</td>");
            cell(html, cause.outcome);
            cell(html, cause.service);
            html.append("<td><code>");
            escaped(html, cause.call);
            html.append("</code>");
            if (cause.layers != null) {
                html.append("<br>by <code>");
                escaped(html, cause.layers);
                html.append("</code>");
            }
            html.append("</td>");
            cell(html, cause.reason);
            html.append("<td><code>");
            escaped(html, String.join(" ", cause.examples()));
            html.append("</code></td></tr>\n");
        }
        html.append("</table>\n");
        if (causes.size() > MOST_CAUSES) paragraph(html, "… and " + (causes.size() - MOST_CAUSES) + " more causes");
    }

    private static void cell(StringBuilder html, String text) {
        html.append("<td>");
        escaped(html, text);
        html.append("</td>");
    }

    private static void paragraph(StringBuilder html, String text) {
        html.append("<p>");
        escaped(html, text);
        html.append("</p>\n");
    }

    private static void escaped(StringBuilder html, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '&' -> html.append("&amp;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.append(c < ' ' && c != '\n' && c != '\t' ? '\ufffd' : c);
            }
        }
    }
}
