package dev.weir.lifecycle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Tries each path that is typed six times, whatever happens, and prints what happened. */
public final class Retrier {

    private static final int TRIES = 6;

    private Retrier() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String path = in.readLine(); path != null; path = in.readLine()) {
            StringBuilder outcomes = new StringBuilder(path);
            for (int i = 0; i < TRIES; i++) {
                HttpRequest request =
                        HttpRequest.newBuilder(URI.create(arguments[0] + path)).build();
                outcomes.append(' ').append(outcome(client, request));
            }
            System.out.println(outcomes);
        }
    }

    private static String outcome(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return String.valueOf(
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (IOException e) {
            return "refused";
        }
    }
}
