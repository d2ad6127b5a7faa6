package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallLimitTest {

    private final CountDownLatch ended = new CountDownLatch(1);

    private CallLimit started(long millis) {
        CallLimit limit = CallLimit.NONE.with(millis);
        assertTrue(limit.isSet());
        limit.start(ended::countDown);
        return limit;
    }

    private CallLimit runOut() throws InterruptedException {
        CallLimit limit = started(1);
        assertTrue(ended.await(10, TimeUnit.SECONDS));
        return limit;
    }

    @Test
    void withoutOneNothingHappens() {
        CallLimit limit = CallLimit.NONE;
        assertFalse(limit.isSet());
        limit.start(ended::countDown);
        assertFalse(limit.isRunning());
        assertFalse(limit.isOver());
        assertNull(limit.reasonOf(new IOException("its own")));
        limit.cancel();
        assertEquals(1, ended.getCount());
    }

    @Test
    void endsTheCallAndSaysWhy() throws InterruptedException {
        CallLimit limit = runOut();
        assertTrue(limit.isOver(), "the call is ended after its time, never before");
        IOException closed = new IOException("socket closed");
        SocketTimeoutException told = limit.reasonOf(closed);
        assertTrue(told.getMessage().contains("-Dweir.rule.deadline=observe"), told.getMessage());
        assertSame(closed, told.getSuppressed()[0]);
        assertNull(limit.reasonOf(null), "what came in time stays");
    }

    @Test
    void timeIsSetAnewBeforeTheCallBegins() {
        CallLimit limit = CallLimit.NONE.with(60_000);
        assertSame(limit, limit.with(30_000), "the limit of one call stays one");
        assertEquals(30_000, limit.millis());
        assertNotSame(limit, CallLimit.NONE.with(1), "each call has a limit of its own");
        assertFalse(CallLimit.NONE.isSet(), "all other calls still have none");
    }

    @Test
    void failureBeforeTheTimeIsItsOwn() {
        CallLimit limit = started(60_000);
        assertTrue(limit.isRunning());
        assertNull(limit.reasonOf(new IOException("refused")));
        limit.cancel();
    }

    @Test
    void readerIsToldWhyItsBodyWasCutOff() throws Exception {
        CallLimit limit = runOut();
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("socket closed");
            }

            @Override
            public void close() throws IOException {
                throw new IOException("socket closed");
            }
        };
        LimitedInputStream body = new LimitedInputStream(broken, limit);
        assertThrows(SocketTimeoutException.class, body::read);
        assertInstanceOf(IOException.class, assertThrows(SocketTimeoutException.class, () -> body.read(new byte[4])));
        assertThrows(SocketTimeoutException.class, body::close);
    }

    @Test
    void wholeBodyIsReadAsItIs() throws IOException {
        CallLimit limit = started(60_000);
        try (LimitedInputStream body = new LimitedInputStream(new ByteArrayInputStream(new byte[] {1, 2, 3}), limit)) {
            assertEquals(1, body.read());
            assertEquals(2, body.readAllBytes().length);
            assertEquals(-1, body.read());
        }
        assertEquals(1, ended.getCount());
    }
}
