package dev.weir.incidents.silentrepeat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** Pays twice, once for each of two orders, and never tries anything again. */
public final class Payer {

    private Payer() {}

    /** Arguments: the client ({@code url-connection} or {@code okhttp}), the provider's URL. */
    public static void main(String[] args) throws Exception {
        OkHttpClient client = args[0].equals("okhttp") ? new OkHttpClient() : null;
        for (String order : new String[] {"order 1", "order 2"}) {
            try {
                int status = client == null ? byUrlConnection(args[1], order) : byOkHttp(client, args[1], order);
                System.err.println("paid " + order + " " + status);
            } catch (IOException e) {
                System.err.println("failed " + order + " " + e);
            }
        }
        if (client != null) {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
        System.out.println("done");
    }

    private static int byOkHttp(OkHttpClient client, String url, String order) throws IOException {
        RequestBody body = RequestBody.create(order.getBytes(StandardCharsets.UTF_8), MediaType.parse("text/plain"));
        try (Response response = client.newCall(
                        new Request.Builder().url(url).post(body).build())
                .execute()) {
            response.body().bytes();
            return response.code();
        }
    }

    private static int byUrlConnection(String url, String order) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(order.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        connection.getInputStream().readAllBytes();
        return status;
    }
}
