package dev.weir.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a measured process said on standard error. */
final class AgentErrors {

    private AgentErrors() {}

    /** The first line in which an agent says that it gave something up, if there is one. */
    static Optional<String> in(Path errors) throws IOException {
        return Files.readAllLines(errors).stream()
                .filter(AgentErrors::isFailure)
                .findFirst();
    }

    static boolean isFailure(String line) {
        String text = line.toLowerCase(Locale.ROOT);
        return text.contains("fuse")
                || text.contains("dropped")
                || text.contains("failed to export")
                || text.contains(" error ")
                || text.startsWith("exception in thread");
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
