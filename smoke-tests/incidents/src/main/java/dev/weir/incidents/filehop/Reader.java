package dev.weir.incidents.filehop;

import dev.weir.incidents.service.Service;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Picks up what it finds in a directory, in the ways in which Java programs read files, and hands it in. */
public final class Reader {

    private Reader() {}

    /** Arguments: {@code serve} (picks up when asked over HTTP) or {@code once}, the directory, where to hand in. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("serve")) {
            Service.create()
                    .on("/pick-up", request -> Service.Reply.ok(pickUp(Path.of(args[1]), args[2])))
                    .run();
        } else {
            System.out.println(pickUp(Path.of(args[1]), args[2]));
        }
    }

    private static String pickUp(Path directory, String desk) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        List<Path> reports = reports(directory);
        int accepted = 0;
        for (int i = 0; i < reports.size(); i++) {
            Path report = reports.get(i);
            HttpRequest request = HttpRequest.newBuilder(URI.create(desk + "/" + report.getFileName()))
                    .POST(HttpRequest.BodyPublishers.ofString(read(report, i)))
                    .build();
            if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) accepted++;
        }
        return accepted + " of " + reports.size() + " accepted";
    }

    static List<Path> reports(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static String read(Path report, int way) throws IOException {
        switch (way % 5) {
            case 0:
                try (InputStream in = new FileInputStream(report.toFile())) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            case 1:
                return Files.readString(report);
            case 2:
                try (FileChannel channel = FileChannel.open(report, StandardOpenOption.READ)) {
                    ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
                    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
                    return new String(bytes.array(), StandardCharsets.UTF_8);
                }
            case 3:
                try (BufferedReader in = new BufferedReader(new FileReader(report.toFile(), StandardCharsets.UTF_8))) {
                    return in.readLine();
                }
            default:
                return String.join("\n", Files.readAllLines(report));
        }
    }
}
