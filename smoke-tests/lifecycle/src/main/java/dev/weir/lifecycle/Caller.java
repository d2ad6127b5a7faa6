package dev.weir.lifecycle;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;

/** Calls a URL so many times, and ends: {@code <url> <times> return|exit|throw|wait|hook}. */
public final class Caller {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Caller() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String url = arguments[0];
        int times = Integer.parseInt(arguments[1]);
        String ending = arguments[2];
        if (ending.equals("hook")) Runtime.getRuntime().addShutdownHook(new Thread(() -> callAtTheEnd(url)));
        for (int i = 0; i < times; i++) call(url + "?i=" + i);
        System.out.println("called " + times);
        switch (ending) {
            case "exit" -> System.exit(3);
            case "throw" -> throw new IllegalStateException("the application's own");
            case "wait" -> new CountDownLatch(1).await();
            default -> {}
        }
    }

    private static void call(String url) throws IOException, InterruptedException {
        CLIENT.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding());
    }

    private static void callAtTheEnd(String url) {
        try {
            // Long enough that an agent which ends beside this hook has ended before it.
            for (int i = 0; i < 20; i++) call(url + "?bye=" + i);
            System.out.println("said goodbye");
        } catch (IOException | InterruptedException e) {
            System.out.println("could not say goodbye: " + e);
        }
    }
}
