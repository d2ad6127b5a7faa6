package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.filehop.Reader;
import dev.weir.incidents.filehop.Writer;
import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** An agent writes reports in five ways; a separate process picks them up after it has ended. */
final class FileHop implements Incident<FileHop.Measured> {

    private static final List<String> REPORTS =
            List.of("1-stream.txt", "2-files-write.txt", "3-channel.txt", "4-writer.txt", "5-moved.txt");

    /** What was handed in, which files name their writer, and what was traced. */
    record Measured(List<String> handedIn, List<String> marked, List<String> said, List<Span> spans) {
        /** The reports that {@code service} has read with a link to the trace that wrote them. */
        List<String> linked(String service) {
            List<String> writers = spans.stream()
                    .filter(span -> span.service().equals("writer") && span.kind() == Span.Kind.SERVER)
                    .filter(span -> span.label().contains("/report"))
                    .map(Span::traceId)
                    .toList();
            return spans.stream()
                    .filter(span -> span.service().equals(service))
                    .filter(span -> span.linkedTraceIds().stream().anyMatch(writers::contains))
                    .filter(span -> !writers.contains(span.traceId()))
                    .map(span -> Path.of(String.valueOf(span.text("file.path")))
                            .getFileName()
                            .toString())
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    /** Where reports lie. */
    interface Place {
        Path directory(Run run) throws Exception;
    }

    private final String name;
    private final Place place;
    private final boolean attributes;
    private final boolean asked;

    /**
     * @param attributes whether files can have extended attributes there
     * @param asked whether the reader is asked over HTTP to pick up, or runs on its own
     */
    FileHop(String name, Place place, boolean attributes, boolean asked) {
        this.name = name;
        this.place = place;
        this.attributes = attributes;
        this.asked = asked;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Mode> modes() {
        return EnumSet.of(Mode.WITHOUT, Mode.OBSERVE);
    }

    @Override
    public Measured run(Run run) throws Exception {
        Path reports = place.directory(run);
        FaultServer desk = run.with(FaultServer.start(request -> FaultServer.Reply.of(200, "thanks")));
        Program writer = run.start("writer", Writer.class, reports.toString());
        assertEquals(200, run.ask(writer.url("/report")).statusCode());
        assertEquals("5 of 5 are complete", run.ask(writer.url("/check")).body());
        run.end(writer, "jdk-http-server", "files");
        Program reader = run.start(
                asked ? List.of() : List.of("weir.files.outside-runs=true"),
                "reader",
                Reader.class,
                asked ? "serve" : "once",
                reports.toString(),
                desk.url("/reports"));
        if (asked)
            assertEquals("5 of 5 accepted", run.ask(reader.url("/pick-up")).body());
        run.end(reader, "jdk-http-client", "files");
        List<String> marked;
        try (Stream<Path> files = Files.list(reports)) {
            marked = files.filter(FileHop::marked)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
        return new Measured(
                desk.requests().stream()
                        .map(request -> request.target() + " " + request.body().strip())
                        .toList(),
                marked,
                writer.stderr().stream()
                        .filter(line -> line.contains("user.weir.traceparent"))
                        .toList(),
                run.spans());
    }

    private static boolean marked(Path file) {
        try {
            return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class)
                    .list()
                    .contains("weir.traceparent");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals(
                REPORTS.stream()
                        .map(report -> "/reports/" + report + " 42 orders, 3 refunds")
                        .toList(),
                measured.handedIn);
        if (mode == Mode.WITHOUT) {
            assertEquals(List.of(), measured.marked);
            assertEquals(List.of(), measured.said);
            assertEquals(List.of(), measured.linked("reader"));
            return;
        }
        assertEquals(REPORTS, measured.linked("writer"), "within one process the hop never depends on attributes");
        assertEquals(attributes ? REPORTS : List.of(), measured.marked);
        assertEquals(attributes ? REPORTS : List.of(), measured.linked("reader"));
        assertEquals(attributes ? 0 : 1, measured.said.size(), () -> "said: " + measured.said);
        for (String line : measured.said) assertTrue(line.contains("(ramfs)"), line);
    }

    @Override
    public String cell(Measured measured) {
        return measured.linked("reader").size() + " of " + REPORTS.size() + " reads linked to the writer's trace, "
                + measured.linked("writer").size() + " of " + REPORTS.size() + " within the writer";
    }
}
