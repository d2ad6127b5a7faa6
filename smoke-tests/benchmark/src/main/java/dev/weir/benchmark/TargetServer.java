package dev.weir.benchmark;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Answers every bodiless HTTP/1.1 request with the same 64 bytes, in one packet, on kept-alive connections. */
final class TargetServer implements AutoCloseable {

    /** How the names of its threads begin. */
    static final String THREADS = "target-";

    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n"
                    + "weir ".repeat(12)
                    + "weir")
            .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    TargetServer() throws IOException {
        Thread acceptor = new Thread(this::accept, THREADS + "server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/item");
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connection.setTcpNoDelay(true);
                Thread thread = new Thread(() -> serve(connection), THREADS + "connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    System.err.println("benchmark: the target server stopped: " + e);
                }
                return;
            }
        }
    }

    private static void serve(Socket connection) {
        try (connection;
                InputStream in = new BufferedInputStream(connection.getInputStream());
                OutputStream out = connection.getOutputStream()) {
            while (HttpHead.read(in) != null) {
                out.write(ANSWER);
            }
        } catch (IOException e) {
            // The measured process went away: its own run says why.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
