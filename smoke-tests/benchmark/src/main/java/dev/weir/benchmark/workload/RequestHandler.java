package dev.weir.benchmark.workload;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;

/** Answers a request with its operations, and with the time they took. A class, because no agent can weave a lambda. */
public final class RequestHandler implements HttpHandler {

    private final Workload workload;
    private final int operations;

    RequestHandler(Workload workload, int operations) {
        this.workload = workload;
        this.operations = operations;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        int status = 204;
        long start = System.nanoTime();
        try {
            workload.run(operations);
        } catch (Exception e) {
            e.printStackTrace();
            status = 500;
        }
        exchange.getResponseHeaders().set(WorkloadProcess.ELAPSED, Long.toString(System.nanoTime() - start));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
