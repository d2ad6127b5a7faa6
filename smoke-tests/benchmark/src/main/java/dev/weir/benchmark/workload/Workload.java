package dev.weir.benchmark.workload;

import java.net.URI;

/** One kind of operation, repeated. */
public interface Workload extends AutoCloseable {

    void run(int operations) throws Exception;

    @Override
    default void close() throws Exception {}

    /** The workload of that name; {@code target} answers every GET. */
    static Workload named(String name, URI target) throws Exception {
        return switch (name) {
            case "http-client" -> new HttpClientWorkload(target);
            case "http-url-connection" -> new HttpUrlConnectionWorkload(target);
            case "okhttp" -> new OkHttpWorkload(target);
            case "apache-http-client" -> new ApacheHttpClientWorkload(target);
            case "jdbc" -> new JdbcWorkload();
            case "file-open-write-close" -> new FileWorkload();
            case "file-write" -> new FileWriteWorkload();
            case "executor-submit" -> new ExecutorWorkload();
            case "supply-async" -> new SupplyAsyncWorkload();
            case "reactor" -> new ReactorWorkload();
            case "coroutine" -> new CoroutineWorkload();
            case "virtual-thread" -> new VirtualThreadWorkload();
            default -> throw new IllegalArgumentException("no workload is named " + name);
        };
    }
}
