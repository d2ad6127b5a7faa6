package dev.weir.benchmark;

import java.util.List;

/** One thing that programs do, and how many spans each agent makes of it. */
enum Line {
    HELLO("hello", "hello world", Kind.HELLO, 0, 0),
    SPRING_BOOT("spring-boot", "Spring Boot web + JDBC", Kind.READY, 1, 1),
    ARCHIVE("archive", "Spring Boot with an archive of its classes", Kind.ARCHIVE, 1, 1),
    HTTP_CLIENT("http-client", "java.net.http GET", Kind.CALL, 20, 20),
    HTTP_URL_CONNECTION("http-url-connection", "HttpURLConnection GET", Kind.CALL_AND_RULES, 20, 20),
    OKHTTP("okhttp", "OkHttp GET", Kind.CALL, 20, 20),
    APACHE_HTTP_CLIENT("apache-http-client", "Apache HttpClient 5 GET", Kind.CALL, 20, 20),
    JDBC("jdbc", "JDBC pooled select", Kind.CALL_AND_RULES, 20, 20),
    FILE_OPEN_WRITE_CLOSE("file-open-write-close", "file open, write, close", Kind.FILE, 20, 20),
    FILE_WRITE("file-write", "file write of 100 B", Kind.FILE, 1_000, 1),
    FILE_OUTSIDE("file-outside", "file open, write, close outside a run", Kind.FILE_OUTSIDE, 20, 0),
    FILE_WRITE_OUTSIDE("file-write-outside", "file write of 100 B outside a run", Kind.FILE_OUTSIDE, 1_000, 0),
    EXECUTOR_SUBMIT("executor-submit", "executor submit", Kind.HOP, 1_000, 0),
    SUPPLY_ASYNC("supply-async", "CompletableFuture.supplyAsync", Kind.HOP, 1_000, 0),
    REACTOR("reactor", "Reactor item, 20 operators", Kind.HOP, 1_000, 0),
    COROUTINE("coroutine", "coroutine, 4 suspensions", Kind.HOP, 1_000, 0),
    VIRTUAL_THREAD("virtual-thread", "virtual thread start", Kind.HOP, 500, 0);

    private final String id;
    private final String title;
    private final Kind kind;
    private final int operationsPerRoot;
    private final int spans;

    Line(String id, String title, Kind kind, int operationsPerRoot, int spans) {
        this.id = id;
        this.title = title;
        this.kind = kind;
        this.operationsPerRoot = operationsPerRoot;
        this.spans = spans;
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    Kind kind() {
        return kind;
    }

    /** Whether it runs unless lines are asked for: no budget of its own, or one that another line stands for. */
    boolean byDefault() {
        return switch (this) {
            case SUPPLY_ASYNC, REACTOR, COROUTINE -> false;
            default -> true;
        };
    }

    /** Whether Glowroot makes spans of its operations. */
    boolean followedByGlowroot() {
        return this != HTTP_CLIENT && this != APACHE_HTTP_CLIENT;
    }

    /** Those that run unless others are asked for: not one that leaves the operations alone. */
    List<Agent> agents() {
        return kind.agents().stream()
                .filter(agent -> agent != Agent.GLOWROOT || followedByGlowroot())
                .toList();
    }

    List<Metric> metrics() {
        return kind.metrics();
    }

    /** The name of the workload; those outside a run do what those inside one do. */
    String workload() {
        return switch (this) {
            case FILE_OUTSIDE -> FILE_OPEN_WRITE_CLOSE.id;
            case FILE_WRITE_OUTSIDE -> FILE_WRITE.id;
            default -> id;
        };
    }

    /** Operations made for one inbound request, or for one command where there are none. */
    int operationsPerRoot() {
        return operationsPerRoot;
    }

    /** Calls over HTTP, which take a hundred times longer than most operations. */
    boolean isHeavy() {
        return switch (this) {
            case HTTP_CLIENT, HTTP_URL_CONNECTION, OKHTTP, APACHE_HTTP_CLIENT -> true;
            default -> false;
        };
    }

    /** Inbound requests in a burst when a light line has so many: with as many, heavy bursts would come late. */
    int rootsPerBurst(int light) {
        return isHeavy() ? Math.max(1, light / 4) : light;
    }

    /** Spans that the agent makes of one inbound request: the request's own, and those of its operations. */
    int spansPerRoot(Agent agent) {
        if (kind == Kind.HELLO || kind == Kind.FILE_OUTSIDE) {
            return 0;
        }
        return switch (agent) {
            case NONE, EMPTY -> 0;
            case WEIR, WEIR_PROPAGATION -> 1 + spans;
            case OPENTELEMETRY -> kind == Kind.FILE ? 1 : 1 + spans;
            // Spring's handler gets a span of its own.
            case DATADOG -> 2 + spans;
            case ELASTIC -> 1 + spans;
            case GLOWROOT -> followedByGlowroot() ? 1 + spans : 1;
        };
    }

    int minimumJdk() {
        return this == VIRTUAL_THREAD ? 21 : 17;
    }
}
