package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
        for (String name : List.of("weir.jar", "opentelemetry.jar")) {
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
        assertEquals(List.of(Line.values()), settings.lines());
        assertEquals(List.of(Agent.values()), settings.agents());
        assertEquals(7, settings.rounds());
    }

    @Test
    void quickRunsLess() {
        properties.setProperty("quick", "true");
        assertEquals(3, Settings.of(properties).rounds());
        assertTrue(Settings.of(properties).quick());
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
                "-Dbenchmark.agents=none,wier: \"wier\" is not one of none, empty, weir, opentelemetry",
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
