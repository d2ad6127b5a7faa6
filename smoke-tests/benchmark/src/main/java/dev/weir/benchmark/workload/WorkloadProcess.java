package dev.weir.benchmark.workload;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Runs operations for each inbound request, so that any agent has a root without being told of one.
 *
 * <p>Commands come on standard input and are answered on standard output, which no agent traces.
 */
public final class WorkloadProcess {

    public static final String ANSWER = "benchmark: ";
    public static final String ELAPSED = "Elapsed-Nanos";

    private WorkloadProcess() {}

    /** Arguments: workload, operations per request, the server that HTTP workloads call. */
    public static void main(String[] args) throws Exception {
        int operations = Integer.parseInt(args[1]);
        try (Workload workload = Workload.named(args[0], URI.create(args[2]))) {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/run", new RequestHandler(workload, operations));
            server.start();
            obey(server.getAddress().getPort(), workload, operations);
            server.stop(0);
        }
        System.exit(0);
    }

    private static void obey(int port, Workload workload, int operations) throws Exception {
        Allocations allocations = new Allocations();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println(ANSWER + port);
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            switch (command) {
                case "mark" -> System.out.println(ANSWER + allocations.total() + " " + allocations.died());
                // No request, so no agent has a root.
                case "run" -> {
                    long start = System.nanoTime();
                    workload.run(operations);
                    System.out.println(ANSWER + (System.nanoTime() - start));
                }
                case "stop" -> {
                    return;
                }
                default -> System.err.println("unknown command " + command);
            }
        }
    }
}
