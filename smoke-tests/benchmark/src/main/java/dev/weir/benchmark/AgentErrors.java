package dev.weir.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the agent of a measured process said. */
final class AgentErrors {

    /** Weir counts in its last line, also when there is nothing to count; OpenTelemetry only logs what went wrong. */
    private static final Pattern FAILURE = Pattern.compile("fuse blew: "
            + "|\\b[1-9][0-9,]* (fuses? blew|dropped|failures?|were lost)"
            + "|\\bdropped [1-9][0-9,]* span"
            + "|Failed to export"
            + "| ERROR "
            + "|^Exception in thread ");

    private AgentErrors() {}

    /** The first line in which an agent says that it gave something up, if there is one. */
    static Optional<String> in(Path errors) throws IOException {
        return in(Files.readAllLines(errors));
    }

    static Optional<String> in(List<String> lines) {
        return lines.stream().filter(AgentErrors::isFailure).findFirst();
    }

    static boolean isFailure(String line) {
        return FAILURE.matcher(line).find();
    }

    /** The last line, to be put behind another message. */
    static String lastLine(Path errors) {
        try {
            List<String> lines = Files.readAllLines(errors);
            return lines.isEmpty()
                    ? ""
                    : " (last line of " + errors.getFileName() + ": " + lines.get(lines.size() - 1) + ")";
        } catch (IOException e) {
            return "";
        }
    }
}
