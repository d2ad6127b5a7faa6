package dev.weir.instrumentation.testing;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.FileFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.bootstrap.SqlFacts;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the agent's pipeline in tests of adapters: keeps the inner half of a call from being reported twice,
 * carries a context, and writes down what it was told, one line for each begin and end.
 */
public final class RecordingAgent implements Hooks.Agent, Hooks.Spans {

    /** A call that is open. */
    public static final class Open extends Call {
        public final CallFacts facts;
        final @Nullable Object previous;
        final Thread began = Thread.currentThread();
        boolean left;
        boolean ended;

        Open(CallFacts facts, @Nullable Object previous) {
            this.facts = facts;
            this.previous = previous;
        }

        @Override
        public CallFacts facts() {
            return facts;
        }
    }

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<CallFacts> begun = new CopyOnWriteArrayList<>();
    private final List<Open> calls = new CopyOnWriteArrayList<>();
    private final List<WeakReference<Open>> over = new CopyOnWriteArrayList<>();
    private final ReferenceQueue<Open> collected = new ReferenceQueue<>();
    private final ThreadLocal<@Nullable Object> current =
            ThreadLocal.withInitial(() -> Hooks.inherited(Thread.currentThread()));
    private volatile boolean forgetful;
    private volatile Predicate<CallFacts> denied = facts -> false;
    private volatile boolean deniedForTime;
    private volatile Consumer<CallFacts> levers = facts -> {};
    private volatile Predicate<CallFacts> resendDenied = facts -> false;
    private volatile Predicate<CallFacts> ignored = facts -> false;
    private volatile Consumer<CallFacts> replying = facts -> {};
    private volatile boolean follows = true;
    private volatile String @Nullable [] correlation;
    private volatile Hooks.@Nullable SpanContext span;
    private volatile boolean sampled = true;
    private final List<String> outer = new CopyOnWriteArrayList<>();
    private volatile String unwanted = "";
    private final Map<String, Hooks.SpanContext> besides = new ConcurrentHashMap<>();
    private volatile boolean shares;
    private volatile Hooks.@Nullable SpanContext outside;
    private final List<String> exports = new CopyOnWriteArrayList<>();
    private final List<Object> foreign = new CopyOnWriteArrayList<>();
    private final List<Hooks.SpanData> spans = new CopyOnWriteArrayList<>();
    private final String instrumentation;
    private final List<String> also = new CopyOnWriteArrayList<>();

    /** @param instrumentation the adapter whose calls are followed */
    public RecordingAgent(String instrumentation) {
        this.instrumentation = instrumentation;
    }

    void reset() {
        events.clear();
        begun.clear();
        calls.clear();
        over.clear();
        forgetful = false;
        current.remove();
        also.clear();
        denied = facts -> false;
        deniedForTime = false;
        levers = facts -> {};
        resendDenied = facts -> false;
        ignored = facts -> false;
        replying = facts -> {};
        follows = true;
        correlation = null;
        span = null;
        sampled = true;
        outer.clear();
        spans.clear();
        besides.clear();
        foreign.clear();
        shares = false;
        outside = null;
        exports.clear();
    }

    /** What was recorded until now is of no interest. */
    public void forget() {
        events.clear();
        begun.clear();
        calls.removeIf(call -> call.ended);
    }

    /** Calls for which this holds are denied. */
    public void deny(Predicate<CallFacts> which) {
        denied = which;
    }

    /** Makes time the reason of every denial from now on. */
    public void denyForTime() {
        deniedForTime = true;
    }

    /** Silent repetitions for which this holds are denied. */
    public void denyResend(Predicate<CallFacts> which) {
        resendDenied = which;
    }

    /** Records what another adapter reports too, until the end of the test. */
    public void alsoFollow(String other) {
        also.add(other);
    }

    /** Calls for which this holds are not followed. */
    public void ignore(Predicate<CallFacts> which) {
        ignored = which;
    }

    /** Whether anything is followed at all: what {@link Hooks#follows} answers. */
    public void follow(boolean follow) {
        follows = follow;
    }

    /** Runs when a reply is about to begin. */
    public void whenReplying(Consumer<CallFacts> lever) {
        replying = lever;
    }

    /** Runs at each begin, to pull levers. */
    public void pull(Consumer<CallFacts> whenBegun) {
        levers = whenBegun;
    }

    /** What was reported, in order: {@code begin …}, {@code end …}, {@code withdrawn …}, {@code resent …}. */
    public List<String> events() {
        return List.copyOf(events);
    }

    /** The facts of the calls that began, in order. */
    public List<CallFacts> begun() {
        return List.copyOf(begun);
    }

    /** From now on nothing is remembered of a call that is over. */
    public void forgetWhatIsOver() {
        forgetful = true;
    }

    /**
     * How many calls that were forgotten somebody else still holds, when the garbage collector had 10 s to make it so few.
     * Whatever holds a call that is over holds all that was done under its root.
     */
    public long held(int atMost) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            System.gc();
            long held = over.stream().filter(each -> each.get() != null).count();
            if (held <= atMost || System.nanoTime() > deadline) return held;
            // Until another one is gone.
            collected.remove(100);
        }
    }

    /** The kinds of what was open around each call of this kind, in order. */
    public List<String> parents(CallFacts.Kind kind) {
        List<String> parents = new ArrayList<>();
        for (Open call : calls) {
            if (call.facts.kind() != kind) continue;
            parents.add(
                    call.previous instanceof Open around ? around.facts.kind().toString() : "none");
        }
        return parents;
    }

    /** What has not ended, though there were 10 s for it: the application may have its answer before a call is over. */
    synchronized List<String> unended() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            List<String> open = new ArrayList<>();
            for (Open call : calls) if (!call.ended) open.add(line(call.facts));
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (open.isEmpty() || left <= 0) return open;
            wait(left);
        }
    }

    /** Waits, for at most 10 s, until so many calls have ended. */
    public void awaitEnds(int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        synchronized (this) {
            while (events.stream().filter(e -> e.startsWith("end")).count() < count) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) throw new AssertionError("only " + events);
                wait(left);
            }
        }
    }

    @Override
    public boolean follows(CallFacts.Kind kind) {
        return follows && !(current.get() instanceof Open open && open.facts.kind() == kind && !kind.scope());
    }

    @Override
    public void replying(Call call) {
        if (call instanceof Open open && !open.ended) {
            events.add("replying " + line(open.facts));
            replying.accept(open.facts);
        }
    }

    @Override
    public @Nullable Call begin(CallFacts facts) {
        // Adapters of earlier test classes stay woven in this JVM.
        String adapter = facts.instrumentation();
        if (!adapter.equals(instrumentation) && !also.contains(adapter) || ignored.test(facts)) return null;
        Object previous = current.get();
        if (previous instanceof Open outer
                && outer.facts.kind() == facts.kind()
                && !facts.kind().scope()) return null;
        if (facts.kind() == CallFacts.Kind.MODEL && isOfModel(previous)) return null;
        events.add("begin " + line(facts));
        begun.add(facts);
        if (facts.refusable() && denied.test(facts)) return new Call.Denied("test", "denied by test", deniedForTime);
        levers.accept(facts);
        Open call = new Open(facts, previous);
        calls.add(call);
        current.set(call);
        return call;
    }

    /** Directly inside of a model call, with nothing but retries in between. */
    private static boolean isOfModel(@Nullable Object around) {
        Object at = around;
        while (at instanceof Open open && open.facts.kind() == CallFacts.Kind.RETRY) at = open.previous;
        return at instanceof Open open && open.facts.kind() == CallFacts.Kind.MODEL;
    }

    @Override
    public void leave(Call call) {
        if (!(call instanceof Open open) || open.began != Thread.currentThread()) return;
        // A callback inside of it that ended it may have put it back since.
        if (open.left && current.get() != open) return;
        open.left = true;
        current.set(open.previous);
    }

    @Override
    public synchronized void end(Call call, int status, @Nullable String code, @Nullable Throwable thrown) {
        if (!(call instanceof Open open) || open.ended) return;
        leave(call);
        open.ended = true;
        events.add("end " + line(open.facts) + (status == 0 ? "" : " " + status) + (code == null ? "" : " " + code)
                + (thrown == null ? "" : " " + thrown.getClass().getSimpleName()));
        forget(open);
        notifyAll();
    }

    @Override
    public synchronized void withdraw(Call call) {
        if (!(call instanceof Open open) || open.ended) return;
        leave(call);
        open.ended = true;
        events.add("withdrawn " + line(open.facts));
        forget(open);
        notifyAll();
    }

    private void forget(Open call) {
        if (!forgetful) return;
        calls.remove(call);
        begun.remove(call.facts);
        over.add(new WeakReference<>(call, collected));
    }

    @Override
    public Call.@Nullable Denied resent(Call call) {
        if (!(call instanceof Open open)) return null;
        events.add("resent " + line(open.facts));
        return resendDenied.test(open.facts) ? new Call.Denied("test", "resend denied by test", false) : null;
    }

    @Override
    public @Nullable Call open() {
        return current.get() instanceof Open open && !open.facts.kind().scope() ? open : null;
    }

    @Override
    public @Nullable Object capture() {
        Object now = current.get();
        return now instanceof Open open && !open.facts.kind().scope() ? outside(open) : now;
    }

    @Override
    public @Nullable Object scope() {
        // Never the context itself: that may be another one for the same scope.
        return capture() instanceof Open open ? open.facts : null;
    }

    private static @Nullable Object outside(Open open) {
        Object around = open.previous;
        while (around instanceof Open call && !call.facts.kind().scope()) around = call.previous;
        return around;
    }

    @Override
    public @Nullable Object enter(@Nullable Object captured) {
        Object previous = current.get();
        current.set(captured);
        return previous;
    }

    @Override
    public void exit(@Nullable Object previous) {
        current.set(previous);
    }

    /** What log events shall tell. */
    public void correlate(String @Nullable [] values) {
        correlation = values;
    }

    @Override
    public String @Nullable [] correlation() {
        return correlation;
    }

    /**
     * What the agent's own span is, on all threads.
     *
     * @param outside spans of the application's that began before it
     */
    public void inSpan(Hooks.@Nullable SpanContext current, String... outside) {
        span = current;
        outer.clear();
        outer.addAll(List.of(outside));
    }

    /** Whether traces are kept that begin from now on. */
    public void sample(boolean kept) {
        sampled = kept;
    }

    /** The spans of the application's own that are over. */
    public List<Hooks.SpanData> spans() {
        return List.copyOf(spans);
    }

    @Override
    public Hooks.@Nullable SpanContext span(String applicationSpanId) {
        Hooks.SpanContext current = span;
        if (current == null || applicationSpanId.isEmpty()) return current;
        return outer.contains(applicationSpanId) || applicationSpanId.equals(current.spanId) ? current : null;
    }

    /** From now on no spans of this tracer are wanted. */
    public void unwanted(String tracer) {
        unwanted = tracer;
    }

    @Override
    public Hooks.@Nullable SpanContext startSpan(String tracer, Hooks.@Nullable SpanContext parent) {
        if (tracer.equals(unwanted)) return null;
        String spanId = String.format("%016x", ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
        if (parent != null) return new Hooks.SpanContext(parent.traceId, spanId, parent.flags, parent.traceState);
        return new Hooks.SpanContext("0000000000000001" + spanId, spanId, (byte) (sampled ? 1 : 0), null);
    }

    @Override
    public void endSpan(Hooks.SpanData ended) {
        spans.add(ended);
    }

    /** From now on a span of another agent's that begins below this one belongs below that one instead. */
    public void beside(String parentSpanId, Hooks.SpanContext instead) {
        besides.put(parentSpanId, instead);
    }

    @Override
    public Hooks.@Nullable SpanContext beside(int kind, String parentSpanId) {
        return besides.get(parentSpanId);
    }

    /** The spans of another agent's that have begun beside a call, and "none" for each that has not. */
    public List<Object> foreign() {
        return List.copyOf(foreign);
    }

    @Override
    public void began(Hooks.@Nullable ForeignSpan span) {
        foreign.add(span == null ? "none" : span);
    }

    @Override
    public void ending(Hooks.ForeignSpan span) {
        foreign.add("ending " + span.context().spanId);
    }

    /**
     * From now on spans that the application makes of calls are of interest.
     *
     * @param around the agent's own span around the calls that they are of; {@code null} for none
     */
    public void share(Hooks.@Nullable SpanContext around) {
        shares = true;
        outside = around;
    }

    /** From now on they are not. */
    public void ignoreOthers() {
        shares = false;
    }

    @Override
    public boolean shares() {
        return shares;
    }

    /** Where the application's exporters send to. */
    public List<String> exports() {
        return List.copyOf(exports);
    }

    @Override
    public void exportsTo(String endpoint, boolean grpc) {
        exports.add((grpc ? "grpc " : "http ") + endpoint);
    }

    /** Until {@link #started} the agent's own span is the one around. */
    @Override
    public @Nullable Object starting(int kind) {
        if (!shares) return null;
        foreign.add("starting " + kind);
        Hooks.SpanContext before = span;
        span = outside;
        return new @Nullable Object[] {before};
    }

    @Override
    public void started(Object starting, Hooks.@Nullable ForeignSpan begun) {
        span = (Hooks.SpanContext) ((@Nullable Object[]) starting)[0];
        foreign.add(begun == null ? "none" : begun);
    }

    @Override
    public Hooks.Spans otherSpans() {
        return this;
    }

    @Override
    public void managed() {
        if (instrumentation.equals("management")) events.add("managed");
    }

    private static String line(CallFacts facts) {
        if (facts instanceof HttpFacts http) {
            return (facts.kind().scope() ? "served " : "") + http.method() + " " + http.path()
                    + (http.query() == null ? "" : "?" + http.query());
        }
        if (facts instanceof SqlFacts sql) return sql.text();
        if (facts instanceof FileFacts file) {
            return file.action() + " " + file.path().substring(file.path().lastIndexOf('/') + 1);
        }
        if (facts instanceof MessageFacts message) {
            return (facts.kind().scope() ? "processed " : "sent to ") + message.destination();
        }
        return facts.kind().toString();
    }
}
