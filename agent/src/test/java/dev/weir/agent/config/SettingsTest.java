package dev.weir.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private final List<String> complaints = new ArrayList<>();

    private Settings settings(
            Map<String, String> properties, Map<String, String> environment, Map<String, String> file) {
        return new Settings(properties, environment, file, complaints::add);
    }

    @Test
    void propertyBeatsEnvironmentBeatsFileBeatsDefault() {
        Settings settings = settings(
                Map.of("weir.mode", "enforce"),
                Map.of("WEIR_MODE", "off", "WEIR_RULE_RETRY_BUDGET_ATTEMPTS", "7"),
                Map.of("weir.rule.retry-budget.attempts", "8", "weir.limits.roots", "99"));
        assertEquals("enforce", settings.text(Setting.MODE));
        assertEquals(7, settings.number(Setting.RETRY_ATTEMPTS));
        assertEquals(99, settings.number(Setting.ROOTS));
        assertEquals(4_096, settings.number(Setting.OPERATIONS));
        assertEquals(Settings.Origin.ENVIRONMENT, settings.origin("weir.rule.retry-budget.attempts"));
        assertEquals(List.of(), complaints);
    }

    @Test
    void malformedValueIsNamedAndTheDefaultUsed() {
        Settings settings = settings(
                Map.of("weir.rule.retry-budget.attempts", "lots", "weir.rule.retry-budget.ratio", "NaN"),
                Map.of(),
                Map.of());
        assertEquals(4, settings.number(Setting.RETRY_ATTEMPTS));
        assertEquals(0.2, settings.decimal(Setting.RETRY_RATIO));
        assertEquals(2, complaints.size());
        assertEquals(
                "weir: weir.rule.retry-budget.attempts=lots is not a whole number from 1 to 1000; using 4.",
                complaints.get(0));
    }

    @Test
    void unknownNameIsReportedWithTheNearestValidOne() {
        settings(
                        Map.of("weir.rule.retry-bugdet", "off", "weir.instrumentation.jdbc", "off"),
                        Map.of("WEIR_MOD", "x"),
                        Map.of("weir.log.level", "debug"))
                .checkNames(List.of("retry-budget"), List.of("jdbc"));
        assertEquals(3, complaints.size());
        assertTrue(complaints.get(0).endsWith("did you mean weir.rule.retry-budget?"), complaints.get(0));
        assertTrue(complaints.get(1).endsWith("did you mean weir.log?"), complaints.get(1));
        assertTrue(complaints.get(2).endsWith("did you mean WEIR_MODE?"), complaints.get(2));
    }

    @Test
    void hostileValuesAreCutAndCleaned() {
        Settings settings = settings(Map.of("weir.limits.roots", "\u001b[31m" + "9".repeat(500)), Map.of(), Map.of());
        settings.number(Setting.ROOTS);
        assertTrue(complaints.get(0).length() < 250 && complaints.get(0).indexOf('\u001b') < 0);
    }
}
