package dev.weir.bootstrap;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttachmentsTest {

    private static final class Some extends Call {
        @Override
        public @Nullable CallFacts facts() {
            return null;
        }
    }

    @Test
    @SuppressWarnings("StringOperationCanBeSimplified")
    void objectsAreToldApartByIdentity() {
        String one = new String("same");
        String other = new String("same");
        Call call = new Some();
        Attachments.attach(one, call);
        assertSame(call, Attachments.of(one));
        assertNull(Attachments.of(other));
        Attachments.detach(other);
        assertSame(call, Attachments.of(one));
        Attachments.detach(one);
        assertNull(Attachments.of(one));
    }

    @Test
    void theLastCallCounts() {
        Object object = new Object();
        Call first = new Some();
        Call second = new Some();
        Attachments.attach(object, first);
        Attachments.attach(object, second);
        assertSame(second, Attachments.of(object));
        Attachments.detach(object);
    }

    @Test
    void nothingIsKeptAlive() {
        Object object = new Object();
        WeakReference<Call> call = attached(object);
        for (int i = 0; i < 200 && call.get() != null; i++) System.gc();
        assertNull(call.get(), "the call");
        assertNull(Attachments.of(object));
        WeakReference<Object> gone = new WeakReference<>(object);
        object = null;
        for (int i = 0; i < 200 && gone.get() != null; i++) System.gc();
        assertNull(gone.get(), "the object");
    }

    private static WeakReference<Call> attached(Object object) {
        Call call = new Some();
        Attachments.attach(object, call);
        return new WeakReference<>(call);
    }
}
