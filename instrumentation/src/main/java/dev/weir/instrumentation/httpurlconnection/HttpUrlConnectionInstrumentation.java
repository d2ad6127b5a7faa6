package dev.weir.instrumentation.httpurlconnection;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * {@code java.net.HttpURLConnection}, HTTP and HTTPS.
 *
 * <p>A call begins when the JDK turns to the server: by then the application has set its headers and, unless it streams,
 * written its body. A connection that the application opens ahead of that is judged too, so that a refused or unreachable
 * server is known, and is withdrawn when it succeeds. A call ends with the head of the reply; its body is read under the
 * same deadline.
 */
public final class HttpUrlConnectionInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "http-url-connection";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.opens("sun.net").opens("sun.net.www").opens("sun.net.www.http").opens("sun.net.www.protocol.http");
        weaving.type(SunNet.CONNECTION)
                .exactly("connect", "Connect")
                .exactly("getOutputStream0", "Write")
                .exactly("getInputStream0", "Read")
                .exactly("plainConnect0", "Begin")
                .exactly("writeRequests", "Send")
                .method("followRedirect0", "Redirect", "java.lang.String", "int")
                .exactly("getErrorStream", "ErrorBody")
                .exactly("disconnect", "Disconnect");
        weaving.type(SunNet.CONNECTION + "$HttpInputStream").exactly("read", "Body", "byte[]", "int", "int");
        weaving.type("sun.net.www.protocol.https.AbstractDelegateHttpsURLConnection")
                .exactly("connect", "Connect");
        weaving.type(SunNet.CLIENT)
                .exactly("openServer", "Open")
                .exactly("writeRequests", "Wire", SunNet.HEADERS, "sun.net.www.http.PosterOutputStream")
                .method("parseHTTP", "Reply", SunNet.HEADERS)
                .exactly("finished", "Release");
        weaving.type(SunNet.HEADERS).exactly("print", "Head", "java.io.PrintStream");
        weaving.type("sun.net.www.protocol.https.HttpsClient").exactly("afterConnect", "Handshake");
    }

    static final class Connect {

        static @Nullable Exchange enter(HttpURLConnection connection) {
            return Exchange.toConnect(connection);
        }

        static @Nullable Throwable exit(@Nullable Exchange exchange, @Nullable Throwable thrown) {
            return exchange == null ? null : exchange.connected(thrown);
        }
    }

    static final class Write {

        static @Nullable Exchange enter(HttpURLConnection connection) {
            return Exchange.toWrite(connection);
        }

        static @Nullable Throwable exit(
                @Nullable Exchange exchange, @Nullable OutputStream stream, @Nullable Throwable thrown) {
            return exchange == null ? null : exchange.opened(stream, thrown);
        }
    }

    static final class Read {

        static @Nullable Exchange enter(HttpURLConnection connection) {
            return Exchange.toRead(connection);
        }

        static @Nullable Throwable exit(
                @Nullable Exchange exchange, @Nullable InputStream body, @Nullable Throwable thrown) {
            return exchange == null ? null : exchange.read(body, thrown);
        }
    }

    /** The JDK connects, for whatever reason. */
    static final class Begin {

        static @Nullable Call enter(HttpURLConnection connection) {
            Exchange exchange = Exchange.of(connection);
            return exchange == null ? null : exchange.begin();
        }

        static @Nullable Throwable exit(@Nullable Call call) {
            return call instanceof Call.Denied denied ? Exchange.denial(denied) : null;
        }
    }

    /** The connection has the request written. */
    static final class Send {

        static @Nullable Call enter(HttpURLConnection connection) {
            Exchange exchange = Exchange.of(connection);
            return exchange == null ? null : exchange.write();
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown, HttpURLConnection connection) {
            Exchange exchange = Exchange.of(connection);
            if (exchange != null) exchange.written();
            return call instanceof Call.Denied denied ? Exchange.denial(denied) : null;
        }
    }

    /** The client writes the request: when told, or once more by itself. */
    static final class Wire {

        static @Nullable Call enter(Object client, Object headers) {
            Exchange exchange = Exchange.current();
            return exchange == null ? null : exchange.onWire(client, headers);
        }

        static @Nullable Throwable exit(@Nullable Call call) {
            return call instanceof Call.Denied denied ? Exchange.denial(denied) : null;
        }
    }

    /** The head of a request, or of a tunnel, is printed to the server. */
    static final class Head {

        static @Nullable HeadStream enter(Object headers, PrintStream to) {
            Exchange exchange = Exchange.current();
            RequestFacts facts = exchange == null ? null : exchange.printing(headers);
            return facts == null ? null : HeadStream.of(to, facts);
        }

        static PrintStream argument0(@Nullable HeadStream head, Object headers, PrintStream to) {
            return head == null ? to : head;
        }

        static void exit(@Nullable HeadStream head, @Nullable Throwable thrown) {
            if (head != null && !head.done() && thrown == null) throw new IllegalStateException("no end of a head");
        }
    }

    static final class Reply {

        static void exit(boolean http, @Nullable Throwable thrown, Object client, Object headers) {
            Exchange exchange = Exchange.current();
            if (exchange != null && thrown == null) exchange.replied(headers);
        }
    }

    static final class Redirect {

        static void enter(HttpURLConnection connection, String location, int status) {
            Exchange exchange = Exchange.of(connection);
            if (exchange != null) exchange.redirected(status);
        }
    }

    /** The client opens a socket: its connect timeout must not outlast the deadline, and must not stay either. */
    static final class Open {

        static @Nullable Integer enter(Object client) {
            Exchange exchange = Exchange.current();
            if (exchange == null) return null;
            int own = SunNet.connectTimeout(client);
            int millis = exchange.connectMillis(own);
            if (millis == 0) return null;
            SunNet.setConnectTimeout(client, millis);
            return own;
        }

        static void exit(@Nullable Integer own, @Nullable Throwable thrown, Object client) {
            if (own != null) SunNet.setConnectTimeout(client, own);
        }
    }

    static final class Handshake {

        static void enter(Object client) {
            Exchange exchange = Exchange.current();
            if (exchange != null) exchange.attach(client);
        }
    }

    static final class Release {

        static void enter(Object client) {
            Deadline.release(client);
        }
    }

    static final class ErrorBody {

        static void exit(@Nullable InputStream body, @Nullable Throwable thrown, HttpURLConnection connection) {
            Carried carried = body == null ? null : Carried.known(connection);
            if (body != null && carried != null && carried.deadline != null) carried.deadline.covers(body);
        }
    }

    static final class Body {

        static @Nullable Throwable exit(int read, @Nullable Throwable thrown, InputStream body) {
            if (thrown == null && read >= 0) return null;
            Deadline deadline = Deadline.of(body);
            return deadline == null ? null : deadline.ended(thrown);
        }
    }

    /** The application gives up on a request whose body it was writing. */
    static final class Disconnect {

        static void enter(HttpURLConnection connection) {
            Carried carried = Carried.known(connection);
            if (carried == null || carried.call == null) return;
            Hooks.end(carried.call, 0, new IOException("disconnected before the reply"));
            if (carried.deadline != null) carried.deadline.release();
            carried.call = null;
            carried.facts = null;
        }
    }
}
