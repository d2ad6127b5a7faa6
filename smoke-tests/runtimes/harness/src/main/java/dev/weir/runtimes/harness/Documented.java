package dev.weir.runtimes.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The trees of a page in {@code docs}. */
public final class Documented {

    private Documented() {}

    /** The first block between fences under the heading with this title, whatever its level. */
    public static SpanTree tree(String title) throws IOException {
        return tree("runtimes.md", title);
    }

    /** The same on another page. */
    public static SpanTree tree(String file, String title) throws IOException {
        Path page = Path.of(System.getProperty("weir.docs", "docs")).resolve(file);
        List<String> lines = Files.readAllLines(page);
        int heading = 0;
        while (!lines.get(heading).matches("#+ \\Q" + title + "\\E")) {
            if (++heading == lines.size()) throw new AssertionError("no heading '" + title + "' in " + page);
        }
        int from = heading;
        while (!lines.get(from).startsWith("```")) {
            if (++from == lines.size()) throw new AssertionError("no tree under '" + title + "' in " + page);
        }
        int to = from + 1;
        while (!lines.get(to).startsWith("```")) to++;
        return SpanTree.parse(lines.subList(from + 1, to));
    }
}
