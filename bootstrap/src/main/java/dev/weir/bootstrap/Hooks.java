package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/**
 * The one door from woven code into the agent.
 *
 * <p>Every method is safe to call from any thread at any time: before the agent is ready, from inside the agent, and
 * with the {@code null} that an earlier call returned.
 */
public final class Hooks {

    /** What stands behind the door: the agent's pipeline. */
    public interface Agent {

        /** See {@link Hooks#follows}. */
        boolean follows(CallFacts.Kind kind);

        /** See {@link Hooks#begin}. */
        @Nullable
        Call begin(CallFacts facts);

        /** See {@link Hooks#leave}. */
        void leave(Call call);

        /** See {@link Hooks#end}. */
        void end(Call call, int status, @Nullable String code, @Nullable Throwable thrown);

        /** See {@link Hooks#withdraw}. */
        void withdraw(Call call);

        /** See {@link Hooks#resent}. */
        Call.@Nullable Denied resent(Call call);

        /** See {@link Hooks#replying}. */
        void replying(Call call);

        /** See {@link Hooks#open}. */
        @Nullable
        Call open();

        /** See {@link Hooks#capture}. */
        @Nullable
        Object capture();

        /** See {@link Hooks#enter}. */
        @Nullable
        Object enter(@Nullable Object captured);

        /** See {@link Hooks#exit}. */
        void exit(@Nullable Object previous);

        /** See {@link Hooks#correlation}. */
        String @Nullable [] correlation();

        /** See {@link Hooks#managed}. */
        void managed();
    }

    private static volatile @Nullable Agent agent;

    private Hooks() {}

    /** Puts the agent behind the door; {@code null} turns every hook into a no-op. */
    public static void install(@Nullable Agent installed) {
        agent = installed;
    }

    /** Whether an agent stands behind the door. */
    public static boolean armed() {
        return agent != null;
    }

    /**
     * Whether a call of this kind would be followed if it began on this thread now. For hot places: cheaper than to
     * collect facts first.
     */
    public static boolean follows(CallFacts.Kind kind) {
        Agent installed = agent;
        return installed != null && installed.follows(kind);
    }

    /**
     * A call or scope begins on this thread. The rules judge it and the levers of {@code facts} are pulled before this
     * returns.
     *
     * @return the open call; {@link Call.Denied} when it must not take place; {@code null} when it is not followed (no
     *     agent, the agent's own call, or the inner half of a call that is already followed)
     */
    public static @Nullable Call begin(CallFacts facts) {
        Agent installed = agent;
        return installed == null ? null : installed.begin(facts);
    }

    /**
     * This thread is done with the call, but the call is not over: an asynchronous call was handed on. Must be called
     * on the thread that began it. {@link #end} does this by itself when it comes on the same thread.
     */
    public static void leave(@Nullable Call call) {
        Agent installed = agent;
        if (call != null && installed != null) installed.leave(call);
    }

    /** The call is over with a status and no code; see {@link #end(Call, int, String, Throwable)}. */
    public static void end(@Nullable Call call, int status, @Nullable Throwable thrown) {
        end(call, status, null, thrown);
    }

    /**
     * The call is over. Only the first end of a call counts; it may come on any thread.
     *
     * @param status the protocol's status (HTTP status code, rows affected), 0 when there is none
     * @param code the protocol's error code (SQLSTATE, gRPC status name), {@code null} when there is none
     * @param thrown what the call threw, {@code null} when it returned
     */
    public static void end(@Nullable Call call, int status, @Nullable String code, @Nullable Throwable thrown) {
        Agent installed = agent;
        if (call != null && installed != null) installed.end(call, status, code, thrown);
    }

    /**
     * The call that began has not taken place after all, and nothing has been sent: a connection was opened ahead of a
     * request that will begin by itself, or the answer came from a cache. The call leaves no trace. Does what
     * {@link #leave} does.
     */
    public static void withdraw(@Nullable Call call) {
        Agent installed = agent;
        if (call != null && installed != null) installed.withdraw(call);
    }

    /**
     * The library is about to put the request of an open call on the wire again by itself, unseen by the application.
     *
     * @return a denial when the repetition must not take place, else {@code null}
     */
    public static Call.@Nullable Denied resent(@Nullable Call call) {
        Agent installed = agent;
        return call == null || installed == null ? null : installed.resent(call);
    }

    /**
     * The reply of an open inbound request is about to begin: the last moment for its headers. May be said more than
     * once, when it is not certain that it begins; the last time counts.
     */
    public static void replying(@Nullable Call call) {
        Agent installed = agent;
        if (call != null && installed != null) installed.replying(call);
    }

    /** The innermost call (not scope) that this thread has begun and not yet left; {@code null} when there is none. */
    public static @Nullable Call open() {
        Agent installed = agent;
        return installed == null ? null : installed.open();
    }

    /** The causal context of this thread, to be handed to another thread; {@code null} when there is none. */
    public static @Nullable Object capture() {
        Agent installed = agent;
        return installed == null ? null : installed.capture();
    }

    /**
     * Puts a captured context on this thread.
     *
     * @return what was there before, for {@link #exit}
     */
    public static @Nullable Object enter(@Nullable Object captured) {
        Agent installed = agent;
        return installed == null ? null : installed.enter(captured);
    }

    /** Puts back what {@link #enter} returned. */
    public static void exit(@Nullable Object previous) {
        Agent installed = agent;
        if (installed != null) installed.exit(previous);
    }

    /**
     * What tells which trace, span and operation this thread is at work for: the values of {@code trace_id}, {@code span_id}
     * and {@code weir.operation}, in this order; {@code null} when it is at work for none. The array is not to be changed.
     */
    public static String @Nullable [] correlation() {
        Agent installed = agent;
        return installed == null ? null : installed.correlation();
    }

    /** The platform's MBean server is there: the agent's beans can be registered. Called whenever somebody asks for it. */
    public static void managed() {
        Agent installed = agent;
        if (installed != null) installed.managed();
    }
}
