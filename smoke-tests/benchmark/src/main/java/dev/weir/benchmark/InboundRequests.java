package dev.weir.benchmark;

import dev.weir.benchmark.workload.WorkloadProcess;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends requests to the measured process over one connection: each is a root. */
final class InboundRequests implements AutoCloseable {

    private static final byte[] REQUEST =
            "GET /run HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    InboundRequests(int port, int timeoutMillis) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(timeoutMillis);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Sends one, waits for the answer, and returns the nanoseconds that its operations took. */
    long send() throws IOException {
        out.write(REQUEST);
        HttpHead answer = HttpHead.read(in);
        if (answer == null) {
            throw new IOException("the measured process closed the connection");
        }
        String elapsed = answer.header(WorkloadProcess.ELAPSED);
        if (answer.status() != 204 || elapsed == null) {
            throw new IOException("an operation failed: the measured process answered " + answer.status());
        }
        return Long.parseLong(elapsed);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
