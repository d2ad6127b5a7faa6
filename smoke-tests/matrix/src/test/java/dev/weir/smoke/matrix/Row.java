package dev.weir.smoke.matrix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One library version that an adapter is tested with.
 *
 * @param adapter the adapter's name
 * @param test the simple name of its test class
 * @param artifact {@code group:artifact:version} of the library
 * @param companions more artifacts that the test needs in a version that fits
 * @param oldestJdk the oldest feature version that the library runs on, or Weir
 */
record Row(String adapter, String test, String artifact, List<String> companions, int oldestJdk) {

    private static final int WEIRS = 17;

    /** All rows of {@code versions.txt}, in its order. */
    static List<Row> all() throws IOException {
        List<Row> rows = new ArrayList<>();
        try (InputStream in = Row.class.getResourceAsStream("/versions.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.isBlank() || line.startsWith("#")) continue;
                List<String> words = List.of(line.strip().split("[ +]+"));
                String[] test = words.get(1).split("@");
                rows.add(new Row(
                        words.get(0),
                        test[0],
                        words.get(2),
                        words.subList(3, words.size()),
                        test.length > 1 ? Integer.parseInt(test[1]) : WEIRS));
            }
        }
        return rows;
    }

    /** For people: {@code okhttp 3.14.9}; with the test where it is not the adapter's main one. */
    String library() {
        String[] parts = artifact.split(":");
        return parts[1] + " " + parts[2] + (test.endsWith("InstrumentationTest") ? "" : " (" + test + ")");
    }

    List<String> artifacts() {
        List<String> artifacts = new ArrayList<>(List.of(artifact));
        artifacts.addAll(companions);
        return artifacts;
    }
}
