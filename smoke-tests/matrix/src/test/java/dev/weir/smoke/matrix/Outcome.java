package dev.weir.smoke.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What the tests of one row said, for each tag; read from the launcher's Open Test Reporting file. */
final class Outcome {

    private enum Cell {
        YES("yes"),
        NONE("–"),
        NO("**NO**");

        final String shown;

        Cell(String shown) {
            this.shown = shown;
        }
    }

    private final Map<String, Cell> byTag = new TreeMap<>();
    private int passed;
    private int failed;
    private boolean fuse;

    private Outcome() {}

    static Outcome read(Path reports) throws IOException {
        Path report;
        try (Stream<Path> files = Files.list(reports)) {
            report = files.filter(file -> file.getFileName().toString().matches(".*open-test-report.*\\.xml"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no report in " + reports));
        }
        Outcome outcome = new Outcome();
        Map<String, List<String>> tags = new HashMap<>();
        Document events = parse(report);
        NodeList started = events.getElementsByTagNameNS("*", "started");
        for (int i = 0; i < started.getLength(); i++) {
            Element test = (Element) started.item(i);
            if (texts(test, "type").contains("TEST")) tags.put(test.getAttribute("id"), texts(test, "tag"));
        }
        NodeList finished = events.getElementsByTagNameNS("*", "finished");
        for (int i = 0; i < finished.getLength(); i++) {
            Element test = (Element) finished.item(i);
            List<String> of = tags.get(test.getAttribute("id"));
            if (of != null) outcome.add(of, test);
        }
        return outcome;
    }

    private void add(List<String> tags, Element test) {
        String status = ((Element) test.getElementsByTagNameNS("*", "result").item(0)).getAttribute("status");
        Cell cell = switch (status) {
            case "SUCCESSFUL" -> Cell.YES;
            case "ABORTED", "SKIPPED" -> Cell.NONE;
            default -> Cell.NO;
        };
        if (cell == Cell.YES) passed++;
        if (cell == Cell.NO) failed++;
        fuse |= test.getTextContent().contains("a fuse blew");
        for (String tag : tags.isEmpty() ? List.of("other") : tags) {
            byTag.merge(
                    tag,
                    cell,
                    (one, other) -> one == Cell.NO || other == Cell.NO
                            ? Cell.NO
                            : one == Cell.YES || other == Cell.YES ? Cell.YES : Cell.NONE);
        }
    }

    /** What the column says of this row. */
    String cell(String tag) {
        return byTag.getOrDefault(tag, Cell.NONE).shown;
    }

    String fuse() {
        return fuse ? "**blew**" : "whole";
    }

    boolean isGood() {
        return failed == 0 && passed > 0;
    }

    Map<String, String> cells() {
        Map<String, String> cells = new LinkedHashMap<>();
        byTag.forEach((tag, cell) -> cells.put(tag, cell.shown));
        return cells;
    }

    private static List<String> texts(Element element, String name) {
        NodeList found = element.getElementsByTagNameNS("*", name);
        return Stream.iterate(0, i -> i < found.getLength(), i -> i + 1)
                .map(i -> found.item(i).getTextContent().strip())
                .toList();
    }

    private static Document parse(Path report) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            return factory.newDocumentBuilder().parse(report.toFile());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(report + " cannot be read", e);
        }
    }
}
