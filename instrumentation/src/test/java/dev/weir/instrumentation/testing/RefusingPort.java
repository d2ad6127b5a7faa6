package dev.weir.instrumentation.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of the loopback address that refuses every connection for as long as this is open.
 *
 * <p>It is bound and nobody listens on it. A port that was merely given back may be somebody else's by the time
 * it is called.
 */
public final class RefusingPort implements AutoCloseable {

    private final Socket holder = new Socket();

    public RefusingPort() throws IOException {
        holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    public int number() {
        return holder.getLocalPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + number() + path;
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }
}
