package dev.weir.benchmark;

import java.util.List;

/** One thing that programs do, and how many spans each agent makes of it. */
enum Line {
    HELLO("hello", "hello world", 0, 0, 0, 17),
    HTTP_CLIENT("http-client", "java.net.http GET", 20, 20, 20, 17),
    HTTP_URL_CONNECTION("http-url-connection", "HttpURLConnection GET", 20, 20, 20, 17),
    OKHTTP("okhttp", "OkHttp GET", 20, 20, 20, 17),
    APACHE_HTTP_CLIENT("apache-http-client", "Apache HttpClient 5 GET", 20, 20, 20, 17),
    JDBC("jdbc", "JDBC pooled select", 20, 20, 20, 17),
    FILE_OPEN_WRITE_CLOSE("file-open-write-close", "file open, write, close", 20, 0, 20, 17),
    FILE_WRITE("file-write", "file write of 100 B", 1_000, 0, 1, 17),
    EXECUTOR_SUBMIT("executor-submit", "executor submit", 1_000, 0, 0, 17),
    SUPPLY_ASYNC("supply-async", "CompletableFuture.supplyAsync", 1_000, 0, 0, 17),
    REACTOR("reactor", "Reactor item, 20 operators", 1_000, 0, 0, 17),
    COROUTINE("coroutine", "coroutine, 4 suspensions", 1_000, 0, 0, 17),
    VIRTUAL_THREAD("virtual-thread", "virtual thread start", 500, 0, 0, 21);

    private static final List<Metric> START_UP =
            List.of(Metric.START_CPU, Metric.START_WALL, Metric.START_CLASSES, Metric.START_RSS);
    private static final List<Metric> PER_OPERATION =
            List.of(Metric.OPERATION_CPU, Metric.OPERATION_TIME, Metric.OPERATION_BYTES);

    private final String id;
    private final String title;
    private final int operationsPerRoot;
    private final int openTelemetrySpans;
    private final int weirSpans;
    private final int minimumJdk;

    Line(String id, String title, int operationsPerRoot, int openTelemetrySpans, int weirSpans, int minimumJdk) {
        this.id = id;
        this.title = title;
        this.operationsPerRoot = operationsPerRoot;
        this.openTelemetrySpans = openTelemetrySpans;
        this.weirSpans = weirSpans;
        this.minimumJdk = minimumJdk;
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    boolean isStartUp() {
        return this == HELLO;
    }

    List<Metric> metrics() {
        return isStartUp() ? START_UP : PER_OPERATION;
    }

    /** Operations made for one inbound request. */
    int operationsPerRoot() {
        return operationsPerRoot;
    }

    /**
     * Inbound requests in a burst when a light line has so many. Calls over HTTP take a hundred times longer than most
     * operations: with as many, bursts would come late with any agent.
     */
    int rootsPerBurst(int light) {
        return switch (this) {
            case HTTP_CLIENT, HTTP_URL_CONNECTION, OKHTTP, APACHE_HTTP_CLIENT -> Math.max(1, light / 4);
            default -> light;
        };
    }

    /** Spans that the agent makes of one inbound request: the request's own, and those of its operations. */
    int spansPerRoot(Agent agent) {
        return switch (agent) {
            case NONE, EMPTY -> 0;
            case WEIR -> isStartUp() ? 0 : 1 + weirSpans;
            case OPENTELEMETRY -> isStartUp() ? 0 : 1 + openTelemetrySpans;
        };
    }

    int minimumJdk() {
        return minimumJdk;
    }
}
