package dev.weir.micro.lines;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A JVM of its own that is measured. It says {@code word number} on standard output, a line for each. */
final class Child {

    private Child() {}

    /**
     * Runs it to its end.
     *
     * @param listener hears every word as it comes
     * @return the numbers by their words
     */
    static Said run(List<String> options, Class<?> main, List<String> arguments, Consumer<String> listener)
            throws IOException, InterruptedException {
        return run(System.getProperty("java.class.path"), options, main, arguments, listener);
    }

    /** The same with a class path of its own. */
    static Said run(
            String classPath, List<String> options, Class<?> main, List<String> arguments, Consumer<String> listener)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(options);
        command.add("-cp");
        command.add(classPath);
        command.add(main.getName());
        command.addAll(arguments);
        File errors = new File(System.getProperty("micro.directory", "."), "children.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(errors));
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("OTEL_")
                        || name.startsWith("WEIR_")
                        || name.equals("JAVA_TOOL_OPTIONS")
                        || name.equals("JDK_JAVA_OPTIONS"));
        Process process = builder.start();
        Map<String, Double> said = new HashMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                if (words.length != 2) continue;
                said.put(words[0], Double.parseDouble(words[1]));
                listener.accept(words[0]);
            }
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(main.getSimpleName() + " " + arguments + " failed, see " + errors);
            }
        } finally {
            process.destroyForcibly();
        }
        return new Said(said);
    }

    /** Says a whole number, in the measured JVM. */
    static void say(String word, long number) {
        say(word, (double) number);
    }

    /** Says a number, in the measured JVM. */
    static void say(String word, double number) {
        System.out.println(word + " " + number);
        System.out.flush();
    }
}
