package dev.weir.incidents.batchinvoice;

import dev.weir.incidents.service.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Writes the lines of an invoice when it is asked to; two of them are the same, and wanted so. */
public final class Batch {

    private static final String[] LINES = {"10 hours", "1 journey", "1 journey", "1 licence"};

    private Batch() {}

    /** Arguments: the ledger's URL. */
    public static void main(String[] args) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        Service.create()
                .on("/invoice", request -> {
                    for (String line : LINES) post(client, args[0], line);
                    return Service.Reply.ok(LINES.length + " lines");
                })
                .run();
    }

    private static void post(HttpClient client, String ledger, String line) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(ledger))
                        .POST(HttpRequest.BodyPublishers.ofString(line))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException("the ledger answers " + response.statusCode());
    }
}
