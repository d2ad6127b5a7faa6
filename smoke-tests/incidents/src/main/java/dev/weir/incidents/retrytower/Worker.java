package dev.weir.incidents.retrytower;

import dev.weir.incidents.service.Service;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** A service between the agent and the dependency, with the innermost retry layer in it. */
public final class Worker {

    private Worker() {}

    /** Arguments: the dependency's URL. */
    public static void main(String[] args) throws Exception {
        Transport transport = new Transport(URI.create(args[0]), 3, Duration.ofSeconds(20));
        Service.create()
                .on("/reserve", request -> {
                    try {
                        return Service.Reply.ok(transport.post(request.body()));
                    } catch (IOException e) {
                        return new Service.Reply(503, "inventory: " + e.getMessage());
                    }
                })
                .run();
    }
}
