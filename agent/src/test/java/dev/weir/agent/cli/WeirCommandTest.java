package dev.weir.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class WeirCommandTest {
    private static Said run(String... args) {
        return Said.by(List.of(args));
    }

    @Test
    void saysItsVersion() {
        Said result = run("version");
        assertEquals(0, result.code());
        assertTrue(
                result.out()
                        .matches("weir \\d+\\.\\d+\\.\\d+\\S*, Java " + System.getProperty("java.version")
                                + " \\(.*\\)\\R"),
                result.out());
        assertEquals("", result.err());
    }

    @Test
    void helpNamesEveryCommandAndFlag() {
        Said help = run("--help");
        assertEquals(0, help.code());
        assertTrue(help.out().contains("serve") && help.out().contains("version"), help.out());
        Said serve = run("serve", "--help");
        assertEquals(0, serve.code());
        for (String flag : new String[] {
            "--port", "--host", "--token", "--max-traces", "--max-memory", "--max-body", "--quiet", "--ascii"
        }) {
            assertTrue(serve.out().contains(flag), serve.out());
        }
    }

    @Test
    void withoutACommandItShowsItsUsage() {
        Said result = run();
        assertEquals(2, result.code());
        assertTrue(result.err().contains("Usage: java -jar weir.jar"), result.err());
        assertEquals("", result.out());
    }

    @Test
    void namesAnUnknownCommandAndTheNearestOne() {
        Said result = run("sevre");
        assertEquals(2, result.code());
        assertEquals("""
                weir: there is no 'sevre'. Did you mean serve or report?
                Commands: serve, report, export, import, rules, doctor, attach, mode, version
                Help: java -jar weir.jar --help
                """, result.err());
        assertEquals(2, run("frobnicate", "--now").code());
        assertTrue(run("frobnicate", "--now").err().startsWith("weir: there is no 'frobnicate'."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--port=abc       | 'abc' is not a port. Use 1 to 65535, or 0 for any free port.",
                "--port=65536     | '65536' is not a port.",
                "--port=-1        | '-1' is not a port.",
                "--max-traces=0   | '0' is not a number from 1",
                "--max-memory=all | 'all' is not a size from 1k to 1024g. Write, for example, 512k, 64m or 1g.",
                "--max-memory=9999999g | is not a size",
                "--max-body=1     | '1' is not a size",
                "--quiet=soon     | 'soon' is not a duration up to one hour. Write, for example, 500ms, 1s or 2m.",
                "--quiet=0s       | '0s' is not a duration",
                "--quiet=2h       | '2h' is not a duration",
                "--token=         | --token is empty",
                "--host=0.0.0.0   | --host 0.0.0.0 lets other machines in. Add --token <secret>",
                "--host=no.such.host.invalid | no such address",
                "--porrt=1        | there is no '--porrt=1'. Did you mean --port?",
            })
    void badInputNamesTheValueAndTheFix(String argument, String message) {
        Said result = run("serve", argument);
        assertEquals(2, result.code(), result.err());
        assertTrue(result.err().contains(message), result.err());
        assertTrue(result.err().contains("Help: java -jar weir.jar serve --help"), result.err());
        assertEquals("", result.out());
    }

    @Test
    void aTakenPortIsNamedWithTheWayOut() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Said result = run("serve", "--port", Integer.toString(port));
            assertEquals(1, result.code());
            assertEquals(
                    "weir serve: port " + port + " on 127.0.0.1 is taken, by another 'serve' or a collector perhaps."
                            + " Stop that, or choose another port with --port <port> (--port 0 takes any free one) and"
                            + " start agents with OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:<port>.\n",
                    result.err());
        }
    }

    @Test
    void anAddressOfAnotherMachineCannotBeListenedOn() {
        Said result = run("serve", "--port=0", "--host=192.0.2.1", "--token=x");
        assertEquals(1, result.code());
        assertTrue(result.err().contains("cannot listen on port 0 of 192.0.2.1"), result.err());
    }
}
