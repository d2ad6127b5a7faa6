package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** How an application uses an HTTP client, and what its adapter says of that. */
public abstract class HttpClientUse {

    /** What the application got. */
    public record Answer(int status, String body) {}

    static final Map<String, String> NO_HEADERS = Map.of();

    private PathServer server;

    /** The adapter, registered as an extension by the test class. */
    protected abstract Woven woven();

    /** Sends a request with the blocking form, and reads the whole body. */
    protected abstract Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body)
            throws Exception;

    /**
     * Sends a request with the asynchronous form. The future completes on the thread on which the client calls back.
     */
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        throw new AssertionError("there is no such form");
    }

    /** Posts a stream that can be read once. */
    protected abstract Answer sendOnce(URI uri, InputStream body) throws Exception;

    /** Sends a request for which the application itself has set a timeout over all. */
    protected abstract Answer sendWithin(URI uri, long millis) throws Exception;

    protected boolean hasBlockingForm() {
        return true;
    }

    protected boolean hasAsynchronousForm() {
        return true;
    }

    /** Whether the client has a timeout over all that an application can set. */
    protected boolean hasOwnTimeout() {
        return true;
    }

    /** Whether a body that is in memory can be looked at. */
    protected boolean hasReplayableBodies() {
        return true;
    }

    /**
     * Whether these are the facts of a request, and not of a connection that is opened ahead of it, which are withdrawn
     * when the request itself begins.
     */
    protected boolean isWhole(CallFacts facts) {
        return true;
    }

    /** Whether a connection is opened for a request, and its failure is the request's. */
    protected boolean hasConnectionsOfItsOwn() {
        return true;
    }

    /** Whether it posts again by itself when a connection that was kept alive is dropped under the request. */
    protected boolean repeatsSilently() {
        return false;
    }

    /** Whether it throws what its last try has failed with, and not the first one. */
    protected boolean tellsWhyARepetitionFailed() {
        return true;
    }

    /** Whether it speaks HTTP/2 in clear from the first byte on, and nothing else. */
    protected boolean speaksHttp2() {
        return false;
    }

    /** What the client promises to throw when a call fails. */
    protected Class<? extends Throwable> failure() {
        return IOException.class;
    }

    /** What the client promises to throw when a call takes too long. */
    protected Class<? extends Throwable> timeout() {
        return SocketTimeoutException.class;
    }

    /** Where it stands what has ended a body: most clients throw that itself. */
    protected Throwable reason(Throwable thrown) {
        return thrown;
    }

    @BeforeEach
    final void startServer() throws IOException {
        server = speaksHttp2() ? PathServer.startHttp2() : PathServer.start();
    }

    @AfterEach
    final void stopServer() {
        server.close();
    }

    /** The server that these tests talk to. */
    protected final PathServer server() {
        return server;
    }

    // ---- for the test classes

    /** A scope that calls can be caused by. */
    protected final Call scope(String name) {
        Call scope = Hooks.begin(
                new ScopeFacts(CallFacts.Kind.TOOL, woven().adapter().name(), name) {});
        assertNotNull(scope);
        return scope;
    }

    /** Waits, and throws what the future failed with. */
    protected static <T> T await(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            while (cause instanceof CompletionException && cause.getCause() != null) cause = cause.getCause();
            if (cause instanceof Exception thrown) throw thrown;
            throw e;
        }
    }

    /** Waits until the server has got so many requests. */
    protected final void awaitReceived(int count) {
        awaitTrue(() -> server.received() >= count, "nothing arrived");
    }

    /** Waits until it is so. */
    protected static void awaitTrue(BooleanSupplier condition, String otherwise) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, otherwise);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** How many repetitions the adapter reported. */
    protected final long resent() {
        return count("resent ");
    }

    /** How many calls the adapter reported, and did not withdraw. */
    protected final long begun() {
        return count("begin ") - count("withdrawn ");
    }

    private long count(String prefix) {
        return woven().agent().events().stream()
                .filter(event -> event.startsWith(prefix))
                .count();
    }

    final int forms() {
        return (hasBlockingForm() ? 1 : 0) + (hasAsynchronousForm() ? 1 : 0);
    }

    final List<Answer> everyForm(String method, URI uri, Map<String, String> headers, @Nullable String body)
            throws Exception {
        List<Answer> answers = new ArrayList<>();
        if (hasBlockingForm()) answers.add(send(method, uri, headers, body));
        if (hasAsynchronousForm()) answers.add(await(sendAsync(method, uri, headers, body)));
        return answers;
    }

    /** Clients try again when nobody listens; how often is their business. */
    final List<String> withoutResends() {
        return withoutWithdrawn().stream()
                .filter(event -> !event.startsWith("resent "))
                .toList();
    }

    /** A call that was withdrawn has left no trace; see {@link #isWhole}. */
    final List<String> withoutWithdrawn() {
        List<String> left = new ArrayList<>();
        for (String event : woven().agent().events()) {
            if (event.startsWith("withdrawn ")) {
                assertTrue(left.remove("begin " + event.substring("withdrawn ".length())), event);
            } else {
                left.add(event);
            }
        }
        return left;
    }
}
