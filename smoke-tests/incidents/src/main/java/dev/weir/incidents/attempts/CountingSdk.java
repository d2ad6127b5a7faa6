package dev.weir.incidents.attempts;

import dev.weir.incidents.service.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/**
 * A service that makes calls as SDKs do that count their attempts: two wanted calls that look alike, and then a retry of
 * the second, whose answer was complete but of no use.
 */
public final class CountingSdk {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private CountingSdk() {}

    /** Argument: where the calls go. */
    public static void main(String[] args) throws Exception {
        String target = args[0];
        Service.create()
                .on("/run", request -> {
                    for (String header : List.of(
                            "X-Stainless-Retry-Count: 0,1",
                            "grpc-previous-rpc-attempts: 0,1",
                            "x-envoy-attempt-count: 1,2",
                            "amz-sdk-request: attempt=1; max=3,attempt=2; max=3")) {
                        int colon = header.indexOf(':');
                        String name = header.substring(0, colon);
                        String[] counts = header.substring(colon + 2).split(",");
                        call(target + "/" + name, "same", name, counts[0]);
                        call(target + "/" + name, "same", name, counts[0]);
                        call(target + "/" + name, "same", name, counts[1]);
                    }
                    String name = "amz-sdk-invocation-id";
                    call(target + "/" + name, "signed at 1", name, "6f1a");
                    call(target + "/" + name, "signed at 2", name, "6f1b");
                    call(target + "/" + name, "signed at 3", name, "6f1b");
                    return Service.Reply.ok("done");
                })
                .run();
    }

    private static void call(String url, String body, String header, String value)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        CLIENT.send(request, HttpResponse.BodyHandlers.discarding());
    }
}
