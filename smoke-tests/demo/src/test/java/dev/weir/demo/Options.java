package dev.weir.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The launcher's command line. */
record Options(Path shop, Path weir, Path output, @Nullable Path ownLibraries, List<Mode> modes) {
    static final String USAGE = """
            usage: Demo --shop=<folder> --weir=<jar> --output=<folder> [--own-libraries=<folder>]
                        [--without] [--observe] [--enforce]        (default: --observe --enforce)
              --shop           the application: a folder with its jar, and its libraries in lib
              --weir           weir.jar
              --output         where what the processes print is left
              --own-libraries  jars of the application's own that Weir also carries, in other versions
              --without        run the application without the agent, to see the harm itself""";

    static Options parse(String[] arguments) throws StepFailed {
        Path shop = null;
        Path weir = null;
        Path output = null;
        Path ownLibraries = null;
        List<Mode> modes = new ArrayList<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            Path value =
                    equals < 0 ? null : Path.of(argument.substring(equals + 1)).toAbsolutePath();
            switch (name) {
                case "--shop" -> shop = value;
                case "--weir" -> weir = value;
                case "--output" -> output = value;
                case "--own-libraries" -> ownLibraries = value;
                case "--without" -> modes.add(Mode.WITHOUT);
                case "--observe" -> modes.add(Mode.OBSERVE);
                case "--enforce" -> modes.add(Mode.ENFORCE);
                default -> throw new StepFailed("unknown option " + argument + "\n" + USAGE);
            }
        }
        if (modes.isEmpty()) {
            modes = List.of(Mode.OBSERVE, Mode.ENFORCE);
        }
        if (shop == null || weir == null || output == null) {
            throw new StepFailed("--shop, --weir and --output are needed\n" + USAGE);
        }
        exists("--shop", shop);
        if (ownLibraries != null) {
            exists("--own-libraries", ownLibraries);
        }
        if (modes.size() > 1 || modes.get(0) != Mode.WITHOUT) {
            exists("--weir", weir);
        }
        return new Options(shop, weir, output, ownLibraries, List.copyOf(modes));
    }

    private static void exists(String option, Path path) throws StepFailed {
        if (!Files.exists(path)) {
            throw new StepFailed(option + "=" + path + " does not exist; build it with: mvn -q -Pdemo verify");
        }
    }
}
