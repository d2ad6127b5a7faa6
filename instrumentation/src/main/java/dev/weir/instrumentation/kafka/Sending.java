package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.InContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One send, from the application's thread to the producer's, which calls back. */
final class Sending implements Callback {

    private static final int MOST_BATCHES = 65_536;

    /** What this thread is sending. */
    private static final ThreadLocal<@Nullable Sending> CURRENT = new ThreadLocal<>();

    /** The sends whose records lie in a batch. */
    private static final WeakIdentityMap<List<Call>> BATCHES = new WeakIdentityMap<>(MOST_BATCHES);

    private final ProducerRecord<?, ?> record;
    private final SendFacts facts;
    private final @Nullable Callback applications;
    private final @Nullable Object context = Hooks.capture();
    private final @Nullable Sending outer = CURRENT.get();
    private final @Nullable Call call;
    private volatile @Nullable List<Call> batch;

    private Sending(ProducerRecord<?, ?> record, Client producer, @Nullable Callback applications) {
        this.record = record;
        this.applications = applications;
        this.facts = new SendFacts(record, producer);
        this.call = Hooks.begin(facts);
    }

    static @Nullable Sending begin(Object producer, @Nullable ProducerRecord<?, ?> sent, @Nullable Callback callback) {
        if (sent == null || !Hooks.follows(CallFacts.Kind.MESSAGE_SEND)) return null;
        Sending sending = new Sending(copy(sent), Client.of(producer), callback);
        if (sending.call == null) return null;
        CURRENT.set(sending);
        return sending;
    }

    /** The application may send its record again, or to another topic: what it has made stays as it is. */
    private static <K, V> ProducerRecord<K, V> copy(ProducerRecord<K, V> sent) {
        return new ProducerRecord<>(
                sent.topic(), sent.partition(), sent.timestamp(), sent.key(), sent.value(), sent.headers());
    }

    ProducerRecord<?, ?> carrying() {
        return record;
    }

    @Nullable
    Callback callback() {
        return call instanceof Call.Denied ? applications : this;
    }

    /** The producer has taken the record, or thrown. */
    void returned(@Nullable Throwable thrown) {
        CURRENT.set(outer);
        if (call instanceof Call.Denied) return;
        if (thrown == null) Hooks.leave(call);
        else Hooks.end(call, 0, code(thrown), thrown);
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata place, @Nullable Exception thrown) {
        facts.placed(place);
        List<Call> together = batch;
        if (together != null) {
            // A batch is over for all of its records at once. The producer may keep it for longer.
            synchronized (together) {
                together.clear();
            }
        }
        Hooks.end(call, 0, thrown == null ? null : code(thrown), thrown);
        if (applications == null) return;
        if (context == null) {
            applications.onCompletion(place, thrown);
            return;
        }
        InContext.run(context, applications, told -> told.onCompletion(place, thrown));
    }

    /** What is certain not to have been sent has a code. */
    private static @Nullable String code(Throwable thrown) {
        boolean open = thrown instanceof RetriableException || thrown instanceof InterruptException;
        return open || !(thrown instanceof RuntimeException)
                ? null
                : thrown.getClass().getSimpleName();
    }

    static Call.@Nullable Denied denied() {
        Sending sending = CURRENT.get();
        return sending != null && sending.call instanceof Call.Denied denied ? denied : null;
    }

    static ApiException exception(Call.Denied denied) {
        return denied.timeout() ? new TimeoutException(denied.message()) : new ApiException(denied.message());
    }

    static long blocksAtMost(long most) {
        Sending sending = CURRENT.get();
        return sending == null ? most : Math.min(most, sending.facts.limitMillis());
    }

    static void appendedTo(Object batch) {
        Sending sending = CURRENT.get();
        if (sending == null || sending.call == null || sending.call instanceof Call.Denied) return;
        List<Call> calls = BATCHES.get(batch);
        if (calls == null) {
            BATCHES.putIfAbsent(batch, new ArrayList<>(4));
            calls = BATCHES.get(batch);
            if (calls == null) return;
        }
        synchronized (calls) {
            calls.add(sending.call);
        }
        sending.batch = calls;
    }

    static void repeated(Object batch) {
        List<Call> calls = BATCHES.get(batch);
        if (calls == null) return;
        synchronized (calls) {
            // To refuse one would fail all the others in its batch: no rule does.
            for (Call each : calls) Hooks.resent(each);
        }
    }
}
