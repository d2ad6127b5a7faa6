package dev.weir.agent.cli.serve;

import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code java -jar weir.jar serve}. */
@Command(
        name = "serve",
        description = "Receives spans over OTLP/HTTP, keeps recent chains in memory, and prints each as a tree.",
        sortOptions = false,
        abbreviateSynopsis = true)
public final class ServeCommand implements Callable<Integer> {
    private static final String DEFAULT_PORT = "4318";
    private static final long MOST_DEFAULT_MEMORY = 256L << 20;

    @Option(
            names = "--port",
            defaultValue = DEFAULT_PORT,
            paramLabel = "<port>",
            converter = Quantity.Port.class,
            description = "Port to listen on; 0 takes any. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "<host>",
            description = "Address to listen on; needs --token where others reach it. Default: ${DEFAULT-VALUE}.")
    private String host = "";

    @Option(
            names = "--token",
            defaultValue = "${env:WEIR_SERVE_TOKEN}",
            paramLabel = "<secret>",
            description = "Answer only 'Authorization: Bearer <secret>'. In WEIR_SERVE_TOKEN 'ps' does not show it.")
    private @Nullable String token;

    @Option(
            names = "--max-traces",
            defaultValue = "1000",
            paramLabel = "<n>",
            converter = Quantity.Count.class,
            description = "Chains in memory. Default: ${DEFAULT-VALUE}.")
    private int maxTraces;

    @Option(
            names = "--max-memory",
            paramLabel = "<size>",
            converter = Quantity.Size.class,
            description = "Memory for them. Default: a quarter of the heap, at most 256m.")
    private @Nullable Long maxMemory;

    @Option(names = "--data", paramLabel = "<folder>", description = "Keep all here too, over restarts.")
    private @Nullable Path data;

    @Option(
            names = "--keep-size",
            defaultValue = "1g",
            paramLabel = "<size>",
            converter = Quantity.Size.class,
            description = "How much --data holds. Default: ${DEFAULT-VALUE}.")
    private long keepSize;

    @Option(
            names = "--keep-for",
            defaultValue = "7d",
            paramLabel = "<time>",
            converter = Quantity.Age.class,
            description = "How long --data holds it. Default: ${DEFAULT-VALUE}.")
    private Duration keepFor = Duration.ZERO;

    @Option(
            names = "--max-body",
            defaultValue = "16m",
            paramLabel = "<size>",
            converter = Quantity.Size.class,
            description = "Largest request, also unpacked. Default: ${DEFAULT-VALUE}.")
    private long maxBody;

    @Option(
            names = "--quiet",
            defaultValue = "1s",
            paramLabel = "<time>",
            converter = Quantity.Time.class,
            description = "How long nothing more of a chain came before it is printed. Default: ${DEFAULT-VALUE}.")
    private Duration quiet = Duration.ZERO;

    @Option(names = "--ascii", description = "Draw with ASCII characters only.")
    private boolean ascii;

    @Option(names = "--json", description = "Print JSON, one line for each chain.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        InetAddress address = address();
        long heapShare = Math.min(MOST_DEFAULT_MEMORY, Runtime.getRuntime().maxMemory() / 4);
        boolean drawAscii = ascii || !canDraw(stdoutEncoding());
        ServeOptions options = new ServeOptions(
                host,
                port,
                token,
                maxTraces,
                maxMemory == null ? heapShare : maxMemory,
                maxBody,
                quiet,
                TreeStyle.PLAIN.drawn(drawAscii, Ansi.AUTO.enabled()),
                data,
                keepSize,
                keepFor,
                json);
        PrintStream out = System.out;
        PrintStream err = System.err;
        TraceServer server;
        try {
            server = TraceServer.start(options, address, out, err);
        } catch (IOException e) {
            err.println(cannotListen(e));
            return 1;
        }
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, out, ended), "weir-serve-end"));
        if (json) out.println(begin(server));
        else greet(server, out);
        out.flush();
        ended.await();
        return 0;
    }

    private void greet(TraceServer server, PrintStream out) {
        out.println("weir serve: OTLP/HTTP at " + server.uri() + ", page at " + server.uri() + "/"
                + (token == null ? "" : " (asks for the token)"));
        if (!String.valueOf(server.port()).equals(DEFAULT_PORT)) {
            out.println("Point agents here: OTEL_EXPORTER_OTLP_ENDPOINT=" + server.uri());
        }
        if (data != null) {
            out.println("Kept in " + data + "; " + TerminalText.count(server.replayed(), "span", "spans")
                    + " of before, " + TerminalText.count(server.totals().traces(), "chain", "chains") + " in memory.");
        }
        out.println("Waiting for spans. Ctrl-C ends it.");
        out.println();
    }

    private String begin(TraceServer server) {
        return Reply.json(answer -> {
            answer.beginObject().name("listening").value(server.uri().toString());
            answer.name("page").value(server.uri() + "/");
            answer.name("asksForToken").value(token != null);
            answer.name("data").value(data == null ? null : data.toString());
            answer.name("spansOfBefore").value(server.replayed());
            answer.endObject();
        });
    }

    private void end(TraceServer server, PrintStream out, CountDownLatch ended) {
        server.close();
        TraceStore.Totals totals = server.totals();
        if (json) {
            out.println(Reply.json(answer -> answer.beginObject()
                    .name("received")
                    .value(totals.received())
                    .name("held")
                    .value(totals.traces())
                    .name("evicted")
                    .value(totals.evictedTraces())
                    .endObject()));
            out.flush();
            ended.countDown();
            return;
        }
        out.println();
        out.println("weir serve ended: " + TerminalText.count(totals.received(), "span", "spans") + " received, "
                + TerminalText.count(totals.traces(), "chain", "chains") + " held, "
                + TerminalText.count(totals.evictedTraces(), "chain", "chains") + " evicted.");
        out.flush();
        ended.countDown();
    }

    private InetAddress address() {
        if (token != null && token.isBlank()) {
            throw usage("--token is empty. Give a secret, or leave --token out on 127.0.0.1.");
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw usage("--host " + host + ": no such address. Use 127.0.0.1, or an address of this machine.");
        }
        if (!address.isLoopbackAddress() && token == null) {
            throw usage("--host " + host + " lets other machines in. Add --token <secret>"
                    + " (senders then need 'Authorization: Bearer <secret>'), or leave --host at 127.0.0.1.");
        }
        return address;
    }

    private ParameterException usage(String message) {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return new ParameterException(spec.commandLine(), message);
    }

    private String cannotListen(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (data != null && !(e instanceof BindException)) {
            return "weir serve: cannot use --data " + data + ": " + message + ". Name another folder, or leave it out.";
        }
        if (e instanceof BindException && message.contains("in use")) {
            return "weir serve: port " + port + " on " + host + " is taken, by another 'serve' or a collector perhaps."
                    + " Stop that, or choose another port with --port <port> (--port 0 takes any free one) and start"
                    + " agents with OTEL_EXPORTER_OTLP_ENDPOINT=http://" + host + ":<port>.";
        }
        return "weir serve: cannot listen on port " + port + " of " + host + ": " + message
                + ". Choose another with --port and --host.";
    }

    static boolean canDraw(Charset charset) {
        return charset.canEncode() && charset.newEncoder().canEncode("│├└─…µ");
    }

    /** What {@code System.out} encodes with: a terminal's own encoding, else the JVM's default. */
    private static Charset stdoutEncoding() {
        for (String property : new String[] {"stdout.encoding", "sun.stdout.encoding"}) {
            String name = System.getProperty(property);
            if (name != null && Charset.isSupported(name)) {
                return Charset.forName(name);
            }
        }
        return Charset.defaultCharset();
    }
}
