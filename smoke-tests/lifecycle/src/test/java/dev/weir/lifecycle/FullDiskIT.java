package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.RamFilesystem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --data} when nothing more can be written: it is said once, nothing that was taken is lost from sight. */
class FullDiskIT {
    private static final Pattern LISTENS = Pattern.compile("OTLP/HTTP at (http://[^,\\s]+),");
    private static final Pattern KEPT = Pattern.compile("; (\\d+) spans? of before");
    private static final int LIMIT_KIB = 128;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    /** @param before a command that runs the one behind it */
    private static Program serve(Path data, String... before) throws IOException {
        List<String> command = new ArrayList<>(List.of(before));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:-UsePerfData", "-jar", Fork.weirJar()));
        command.addAll(List.of("serve", "--port", "0", "--quiet", "60m", "--data", data.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("WEIR_"));
        return new Program("serve", builder);
    }

    private static URI address(Program serve) throws InterruptedException {
        Matcher listens =
                LISTENS.matcher(serve.awaitStdout(line -> LISTENS.matcher(line).find()));
        assertTrue(listens.find());
        return URI.create(listens.group(1) + "/");
    }

    private static String trace(int number) {
        return String.format("%032x", number);
    }

    /** One span of 12 KiB. */
    private void send(URI to, int number) throws IOException, InterruptedException {
        String body =
                "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"a\"}}]},"
                        + "\"scopeSpans\":[{\"spans\":[{\"traceId\":\"" + trace(number)
                        + "\",\"spanId\":\"00f067aa0ba902b7\",\"name\":\"GET\","
                        + "\"startTimeUnixNano\":\"1790000000000000000\",\"endTimeUnixNano\":\"1790000000250000000\","
                        + "\"attributes\":[{\"key\":\"text\",\"value\":{\"stringValue\":\"" + "x".repeat(12 * 1024)
                        + "\"}}]}]}]}]}";
        HttpRequest request = HttpRequest.newBuilder(to.resolve("/v1/traces"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
    }

    private TreeSet<String> held(URI at) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(at.resolve("/api/traces?limit=1000")).build();
        JsonArray traces = JsonParser.parseString(
                        http.send(request, BodyHandlers.ofString()).body())
                .getAsJsonObject()
                .getAsJsonArray("traces");
        TreeSet<String> ids = new TreeSet<>();
        traces.forEach(each -> ids.add(((JsonObject) each).get("id").getAsString()));
        return ids;
    }

    private static List<String> complaints(Program serve) {
        return serve.stderr().stream()
                .filter(line -> line.contains(": cannot write to "))
                .toList();
    }

    /** Returns how many were sent: the disk takes no more. */
    private int sendUntilRefused(Program serve, URI at) throws IOException, InterruptedException {
        int sent = 0;
        while (complaints(serve).isEmpty() && sent < 100) send(at, ++sent);
        return sent;
    }

    /** Goes on, now and then, and returns how many were sent in all: the disk takes them again. */
    private int sendUntilWritten(Program serve, URI at, int before) throws IOException, InterruptedException {
        int sent = before;
        while (serve.stderr().stream().noneMatch(line -> line.endsWith(" is written again."))) {
            assertTrue(sent < 900, () -> "never written again: " + serve);
            TimeUnit.MILLISECONDS.sleep(100);
            send(at, ++sent);
        }
        return sent;
    }

    /** A limit on the size of files: a write fails in the middle of a line, and the next file has room again. */
    @Test
    void whatCannotBeWrittenIsSaidOnceAndHeld() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash: no limit for files can be set");
        Path data = folder.resolve("data");
        int sent;
        try (Program serve = serve(data, "/bin/bash", "-c", "ulimit -f " + LIMIT_KIB + " && exec \"$0\" \"$@\"")) {
            URI at = address(serve);
            sent = sendUntilRefused(serve, at);
            assertTrue(sent > 5, "there was room for some");
            String complaint = complaints(serve).get(0);
            assertTrue(complaint.startsWith("weir serve: cannot write to " + data + " ("), complaint);
            assertTrue(complaint.endsWith("Is the disk full?"), complaint);
            send(at, ++sent);
            assertEquals(sent, held(at).size(), "all are still shown");
            sent = sendUntilWritten(serve, at, sent);
            assertEquals(1, complaints(serve).size(), serve::toString);
            assertEquals(sent, held(at).size());
            serve.terminate();
            serve.end();
        }
        try (Program again = serve(data)) {
            URI at = address(again);
            TreeSet<String> held = held(at);
            assertTrue(held.contains(trace(1)), "what was written before is there: " + held);
            assertTrue(held.contains(trace(sent)), "what was written after is there: " + held);
            assertTrue(held.size() < sent, "what came meanwhile is not");
            Matcher kept = KEPT.matcher(again.awaitStdout(line -> line.startsWith("Kept in ")));
            assertTrue(kept.find());
            assertEquals(held.size(), Integer.parseInt(kept.group(1)));
            again.awaitStderr(line -> line.startsWith("weir serve: 1 line in " + data + " cannot be read"));
            again.terminate();
            again.end();
        }
    }

    @Test
    void aFullDiskIsWrittenAgainWhenThereIsRoom() throws Exception {
        assumeTrue(RamFilesystem.available(folder), "no right to mount a small file system");
        try (RamFilesystem small = RamFilesystem.mountSmall(Files.createDirectory(folder.resolve("small")), 256)) {
            Path filler = small.directory().resolve("filler");
            Files.write(filler, new byte[LIMIT_KIB * 1024]);
            Path data = small.directory().resolve("data");
            try (Program serve = serve(data)) {
                URI at = address(serve);
                int sent = sendUntilRefused(serve, at);
                String complaint = complaints(serve).get(0);
                assertTrue(complaint.contains("No space left on device"), complaint);
                assertEquals(sent, held(at).size());
                Files.delete(filler);
                sent = sendUntilWritten(serve, at, sent);
                assertEquals(sent, held(at).size());
                serve.terminate();
                serve.end();
            }
            try (Program again = serve(data)) {
                URI at = address(again);
                assertTrue(held(at).contains(trace(1)));
                again.terminate();
                again.end();
            }
        }
    }
}
