package dev.weir.incidents.hopthree;

import dev.weir.incidents.service.Service;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A hop that makes four calls to the next one for each request; a call that failed does not keep it from the next. */
public final class Hop {

    /** One call to the next hop. */
    private interface Caller {
        int call(URI uri) throws IOException, InterruptedException;
    }

    private static final int CALLS = 4;

    private Hop() {}

    /** Arguments: the next hop's URL, the client to call it with ({@code http-client} or {@code url-connection}). */
    public static void main(String[] args) throws Exception {
        Caller caller = args[1].equals("http-client") ? new WithHttpClient() : Hop::byUrlConnection;
        Service.create()
                .on("/work", request -> {
                    int succeeded = 0;
                    for (int call = 0; call < CALLS; call++) {
                        URI uri = URI.create(args[0] + "?" + request.query() + "." + call);
                        System.err.println("call " + System.currentTimeMillis() + " " + uri);
                        try {
                            if (caller.call(uri) == 200) succeeded++;
                        } catch (IOException e) {
                            System.err.println("tool call failed: " + e);
                        }
                    }
                    return Service.Reply.ok(succeeded + " of " + CALLS);
                })
                .run();
    }

    private static final class WithHttpClient implements Caller {
        private final HttpClient client = HttpClient.newHttpClient();

        @Override
        public int call(URI uri) throws IOException, InterruptedException {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        }
    }

    private static int byUrlConnection(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        int status = connection.getResponseCode();
        try (InputStream body = connection.getInputStream()) {
            body.transferTo(OutputStream.nullOutputStream());
        }
        return status;
    }
}
