package dev.weir.micro.lines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Measures the lines one after the other, and prints a table with verdicts. */
public final class Lines {

    private static final List<String> ALL = List.of("export", "growth", "tail");

    private Lines() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        String chosen = System.getProperty("lines", "").strip();
        Effort effort = Boolean.getBoolean("quick") ? Effort.QUICK : Effort.FULL;
        List<String> lines = chosen.isEmpty() ? ALL : List.of(chosen.split(","));
        String table = table(lines, effort);
        System.out.println(table);
        Files.writeString(Path.of(System.getProperty("micro.directory", "."), "lines.md"), table);
    }

    static String table(List<String> lines, Effort effort) throws IOException, InterruptedException {
        StringBuilder table = new StringBuilder(Row.HEAD);
        for (String line : lines) {
            for (Row row : rows(line, effort)) table.append(row);
        }
        return table.toString();
    }

    private static List<Row> rows(String line, Effort effort) throws IOException, InterruptedException {
        return switch (line) {
            case "export" -> ExportLine.of(effort).measure();
            case "growth" -> GrowthLine.measure(effort);
            case "tail" -> TailLine.of(effort).measure();
            default -> throw new IllegalArgumentException("no line " + line + "; there are " + ALL);
        };
    }
}
