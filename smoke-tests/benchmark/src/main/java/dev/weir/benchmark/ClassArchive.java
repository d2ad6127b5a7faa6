package dev.weir.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An archive of the classes of the Spring Boot application, made once by a run of it without an agent. */
final class ClassArchive {

    private final Path file;
    private final Path log;
    private final boolean aotCache;

    /** From JDK 25 on the archive is an AOT cache, and is only used with agents if it was made for that. */
    ClassArchive(Path directory, int jdk) {
        aotCache = jdk >= 25;
        file = directory.resolve(aotCache ? "classes.aot" : "classes.jsa");
        log = directory.resolve("classes-without-an-agent.log");
    }

    boolean isMade() {
        return Files.isRegularFile(file);
    }

    List<String> optionsToMake() {
        return options(aotCache ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=", log);
    }

    List<String> optionsToUse(Path classes) {
        return options(aotCache ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=", classes);
    }

    private List<String> options(String name, Path classes) {
        List<String> options = new ArrayList<>(List.of(name + file, "-Xlog:class+load=info:file=" + classes + ":none"));
        if (aotCache) {
            options.add("--add-modules=java.instrument");
        }
        return options;
    }

    /** How many of the classes that the application loads without an agent came out of the archive. */
    long used(Path classes) throws IOException {
        Set<String> ofTheApplication = names(log, " source: ");
        return names(classes, " source: shared objects file").stream()
                .filter(ofTheApplication::contains)
                .count();
    }

    /** Hidden classes are left out: their names differ from run to run. */
    private static Set<String> names(Path log, String marker) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(marker))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .filter(name -> !name.contains("/0x"))
                    .collect(Collectors.toSet());
        }
    }
}
