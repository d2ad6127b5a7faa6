package dev.weir.micro.lines;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers every HTTP/1.1 request without a body with the same 64 bytes. */
final class Target implements AutoCloseable {

    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n"
                    + "weir".repeat(16))
            .getBytes(StandardCharsets.US_ASCII);
    private static final int END_OF_HEAD = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    Target() throws IOException {
        start(() -> {
            try {
                while (true) {
                    Socket connection = server.accept();
                    start(() -> serve(connection));
                }
            } catch (IOException e) {
                // Closed.
            }
        });
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "target");
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/item";
    }

    private static void serve(Socket connection) {
        try (connection;
                InputStream in = new BufferedInputStream(connection.getInputStream());
                OutputStream out = connection.getOutputStream()) {
            connection.setTcpNoDelay(true);
            int last = 0;
            for (int c = in.read(); c >= 0; c = in.read()) {
                last = last << 8 | c;
                if (last == END_OF_HEAD) out.write(ANSWER);
            }
        } catch (IOException e) {
            // The client went away.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
