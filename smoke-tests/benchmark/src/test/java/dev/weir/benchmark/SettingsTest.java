package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    @TempDir
    Path directory;

    private final Properties properties = new Properties();

    @BeforeEach
    void jars() throws IOException {
        for (String name : List.of("weir.jar", "opentelemetry.jar", "datadog.jar", "elastic.jar", "glowroot.jar")) {
            properties.setProperty(
                    name, Files.createFile(directory.resolve(name)).toString());
        }
    }

    @Test
    void emptyValuesAreTheDefaults() {
        properties.setProperty("quick", "false");
        properties.setProperty("benchmark.lines", "");
        properties.setProperty("benchmark.runs", "");
        Settings settings = Settings.of(properties);
        assertTrue(settings.lines().containsAll(List.of(Line.SPRING_BOOT, Line.JDBC, Line.FILE_OUTSIDE)));
        assertFalse(settings.lines().contains(Line.COROUTINE));
        assertEquals(Kind.CALL_AND_RULES.agents(), settings.agents(Line.JDBC, 17));
        assertEquals(7, settings.rounds());
    }

    @Test
    void quickRunsLess() {
        properties.setProperty("quick", "true");
        assertEquals(1, Settings.of(properties).rounds());
        assertEquals(Pace.quick(), Settings.of(properties).pace());
    }

    @Test
    void theWarmUpIsChosenInSeconds() {
        assertEquals(Pace.full(), Settings.of(properties).pace());
        properties.setProperty("benchmark.warm-up", "14");
        assertEquals(14, Settings.of(properties).pace().warmUpSeconds());
        assertEquals(Pace.full().turns(), Settings.of(properties).pace().turns());
    }

    @Test
    void everyAgentThatABudgetNamesRunsByDefault() {
        for (Line line : Line.values()) {
            for (Metric metric : line.metrics()) {
                for (Budget budget : Budgets.of(line, metric)) {
                    assertTrue(
                            Settings.of(properties).agents(line, 17).containsAll(budget.agents()),
                            () -> line + " " + metric + " " + budget);
                }
            }
        }
    }

    @Test
    void anAgentWhoseSpansAreNotKnownOnALineIsLeftOutThere() {
        properties.setProperty("benchmark.agents", "none,datadog");
        Settings settings = Settings.of(properties);
        assertEquals(List.of(Agent.NONE, Agent.DATADOG), settings.agents(Line.HELLO, 17));
        assertEquals(List.of(Agent.NONE), settings.agents(Line.JDBC, 17));
    }

    @Test
    void anAgentThatCannotReadTheClassesOfAJdkIsLeftOut() {
        properties.setProperty("benchmark.agents", "weir,glowroot");
        assertEquals(
                List.of(Agent.WEIR, Agent.GLOWROOT), Settings.of(properties).agents(Line.JDBC, 17));
        assertEquals(List.of(Agent.WEIR), Settings.of(properties).agents(Line.JDBC, 25));
    }

    @Test
    void linesAndAgentsAreChosenByName() {
        properties.setProperty("benchmark.lines", "jdbc, hello");
        properties.setProperty("benchmark.agents", "none,weir");
        assertEquals(List.of(Line.JDBC, Line.HELLO), Settings.of(properties).lines());
        assertEquals(List.of(Agent.NONE, Agent.WEIR), Settings.of(properties).agents());
    }

    @Test
    void aWrongNameIsSaidWithThoseThatThereAre() {
        properties.setProperty("benchmark.agents", "none,wier");
        assertEquals(
                "-Dbenchmark.agents=none,wier: \"wier\" is not one of none, empty, weir, weir-propagation,"
                        + " opentelemetry, datadog, elastic, glowroot",
                assertThrows(IllegalArgumentException.class, () -> Settings.of(properties))
                        .getMessage());
    }

    @Test
    void aWrongNumberIsSaid() {
        properties.setProperty("benchmark.runs", "-1");
        assertEquals(
                "-Dbenchmark.runs=-1 is not a number from 1 up",
                assertThrows(IllegalArgumentException.class, () -> Settings.of(properties))
                        .getMessage());
    }

    @Test
    void aMissingJarIsSaidWithTheCommandThatBuildsIt() {
        properties.setProperty("weir.jar", "nowhere/weir.jar");
        assertEquals(
                "-Dweir.jar=nowhere/weir.jar is not there; build it: mvn -q package -DskipTests -pl agent -am",
                assertThrows(IllegalArgumentException.class, () -> Settings.of(properties))
                        .getMessage());
    }

    @Test
    void aJarThatIsNotNeededMayBeMissing() {
        properties.setProperty("weir.jar", "nowhere/weir.jar");
        properties.setProperty("benchmark.agents", "none,empty");
        properties.setProperty("benchmark.lines", "hello");
        assertEquals(
                directory.resolve("empty-agent.jar"),
                Settings.of(with("benchmark.directory", directory.toString()))
                        .jars()
                        .get(Agent.EMPTY));
    }

    private Properties with(String name, String value) {
        properties.setProperty(name, value);
        return properties;
    }
}
