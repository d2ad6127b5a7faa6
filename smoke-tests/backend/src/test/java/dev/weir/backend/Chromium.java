package dev.weir.backend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's Chromium without a screen; opens an address and ends. It can reach this machine only. */
final class Chromium {
    private final Path profile;
    private final String program;

    /** Skips the test where Chromium is not installed. */
    Chromium(Path profile) {
        this.profile = profile;
        Path found = Stream.of(System.getenv("PATH").split(":", -1))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(
                found != null,
                "smoke-tests/backend: no chromium (Debian: apt-get install chromium): nothing to look at");
        program = String.valueOf(found);
    }

    /** What the page became after its scripts ran. */
    String document(String url) throws IOException, InterruptedException {
        return run("--dump-dom", url);
    }

    void shoot(String url, Path file) throws IOException, InterruptedException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        run("--screenshot=" + file.toAbsolutePath(), url);
    }

    private String run(String what, String url) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                program,
                "--headless=new",
                // Debian's Chromium refuses to run as root otherwise; it shows only what this test serves.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                "--user-data-dir=" + profile,
                "--window-size=1500,1000",
                "--virtual-time-budget=20000"));
        command.add(what);
        command.add(url);
        Path out = Files.createTempFile(profile, "page", ".html");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS)) throw new AssertionError("Chromium goes on with " + url);
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }
}
