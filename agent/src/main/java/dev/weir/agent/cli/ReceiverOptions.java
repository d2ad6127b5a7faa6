package dev.weir.agent.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a {@code serve} listens, on the command line. */
public final class ReceiverOptions {

    @Option(
            names = "--at",
            defaultValue = "http://127.0.0.1:4318",
            paramLabel = "<url>",
            description = "Where 'serve' listens. Default: ${DEFAULT-VALUE}.")
    private URI address = URI.create("http://127.0.0.1:4318");

    @Option(
            names = "--token",
            defaultValue = "${env:WEIR_SERVE_TOKEN}",
            paramLabel = "<secret>",
            description = "The token that 'serve' asks for.")
    private @Nullable String token;

    /** Where it listens. */
    public URI address() {
        return address;
    }

    /** The one that listens there. */
    public Receiver receiver() {
        return new Receiver(address, token);
    }
}
