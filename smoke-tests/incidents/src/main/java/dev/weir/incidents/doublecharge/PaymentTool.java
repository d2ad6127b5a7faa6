package dev.weir.incidents.doublecharge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A tool that charges a customer at a provider and then stores the confirmation. */
final class PaymentTool {

    private final HttpClient client = HttpClient.newHttpClient();
    private final String provider;
    private final String confirmations;

    PaymentTool(String provider, String confirmations) {
        this.provider = provider;
        this.confirmations = confirmations;
    }

    void pay(String reason, int cents) throws IOException, InterruptedException {
        String payment = "{\"for\":\"" + reason + "\",\"cents\":" + cents + "}";
        String answer = post(provider, payment);
        // The money has moved. Whatever goes wrong from here on, the framework will call this tool again.
        if (!answer.equals("{\"status\":\"succeeded\"}")) throw new IOException("not a payment's answer: " + answer);
        post(confirmations, payment);
    }

    private String post(String url, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException(url + " answered " + response.statusCode());
        return response.body();
    }
}
