package dev.weir.instrumentation.okhttp;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts.HeaderSet;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.AddedHeaders;
import dev.weir.instrumentation.shared.CallLimit;
import dev.weir.instrumentation.shared.FixedRequestFacts;
import dev.weir.instrumentation.shared.OwnCause;
import dev.weir.instrumentation.shared.Refused;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.MultipartBody;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request below the application's interceptors. Requests cannot be changed, so headers are collected
 * and written with each request that goes on the wire.
 */
final class RequestFacts extends FixedRequestFacts {

    private static final String TRACEPARENT = "traceparent";

    private final okhttp3.Call okhttp;
    private final Request request;
    private @Nullable Response response;
    private @Nullable Call call;
    private @Nullable RequestFacts next;
    private boolean sent;
    private boolean writing;
    private OwnCause cause = OwnCause.NONE;
    private CallLimit limit = CallLimit.NONE;

    RequestFacts(Interceptor.Chain chain) {
        this(chain.call(), chain.request());
    }

    private RequestFacts(okhttp3.Call okhttp, Request request) {
        super(
                "okhttp",
                request.method(),
                request.url().scheme(),
                request.url().host(),
                request.url().port(),
                request.url().encodedPath(),
                request.url().encodedQuery());
        this.okhttp = okhttp;
        this.request = request;
    }

    static @Nullable RequestFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof RequestFacts facts ? facts : null;
    }

    /** Begins the call. A call out of an authenticator or a network interceptor is one of its own, not half of another. */
    @Nullable
    Call begin() {
        if (of(Hooks.open()) != null) cause = OwnCause.apart();
        Call begun = beginHop();
        if (begun == null || begun instanceof Call.Denied) cause.leave();
        return begun;
    }

    private @Nullable Call beginHop() {
        Call begun = Hooks.begin(this);
        if (begun == null || begun instanceof Call.Denied) return begun;
        call = begun;
        if (limit.isSet()) limit.start(okhttp::cancel);
        return begun;
    }

    /** Ends the call, or its last hop; returns what the application has to be told instead of what was thrown, if anything. */
    @Nullable
    Throwable end(@Nullable Response received, @Nullable Throwable thrown) {
        RequestFacts last = this;
        while (last.next != null) last = last.next;
        Throwable told = last.endHop(received, thrown);
        cause.leave();
        return told;
    }

    private @Nullable Throwable endHop(@Nullable Response received, @Nullable Throwable thrown) {
        response = received;
        // A body may still be coming: it cancels the timer.
        if (received == null) limit.cancel();
        Throwable told = limit.reasonOf(thrown);
        if (thrown == null && !sent) Hooks.withdraw(call);
        else Hooks.end(call, received == null ? 0 : received.code(), told == null ? thrown : told);
        return told;
    }

    /**
     * The answer makes OkHttp send a request again, or another one in its place. Where the server could not answer (408,
     * 421, 503) it is the same once more; everything else names what to send instead, another address or a credential, and
     * that is the next call.
     *
     * @return what the application has to be told when the next call must not take place
     */
    @Nullable
    Throwable followUp(Response answer, Request following) {
        if (answer.code() >= 408) return null;
        endHop(answer, null);
        limit.cancel();
        next = new RequestFacts(okhttp, following);
        return next.beginHop() instanceof Call.Denied denied ? Refused.onSocket(denied) : null;
    }

    CallLimit limit() {
        return limit;
    }

    /**
     * OkHttp is about to write the request.
     *
     * @return whether it does so again, because the last time was in vain
     */
    boolean writesAgain() {
        boolean again = sent;
        sent = true;
        writing = true;
        return again;
    }

    /** The headers that are about to be written, with ours when they are those of the open call's request. */
    static Headers onWire(Headers original) {
        RequestFacts facts = of(Hooks.open());
        return facts == null ? original : facts.changed(original);
    }

    /** The headers with ours, when they are the request's: the head of a tunnel through a proxy is written before. */
    private Headers changed(Headers original) {
        String[] headers = added();
        int length = AddedHeaders.length(headers);
        if (length == 0 || !writing) return original;
        writing = false;
        foreignTraceparent(null);
        long names = names(original);
        for (int i = 0; i < length; i += 2) {
            if ((names & HeaderSet.of(headers[i])) != 0) return merged(original, headers, length);
        }
        int count = original.size();
        String[] all = new String[2 * count + length];
        for (int i = 0; i < count; i++) {
            all[2 * i] = original.name(i);
            all[2 * i + 1] = original.value(i);
        }
        System.arraycopy(headers, 0, all, 2 * count, length);
        try {
            return Headers.of(all);
        } catch (IllegalArgumentException e) {
            // The application may have added what is not ASCII, which a builder takes over as it is.
            return merged(original, headers, length);
        }
    }

    /** Takes more than twice the memory, and some of ours may have to give way. */
    private Headers merged(Headers original, String[] headers, int length) {
        if (isSetSince(original, TRACEPARENT)) foreignTraceparent(original.get(TRACEPARENT));
        Headers.Builder builder = original.newBuilder();
        for (int i = 0; i < length; i += 2) {
            if (givesWay(headers[i]) || isSetSince(original, headers[i])) continue;
            builder.set(headers[i], headers[i + 1]);
        }
        return builder.build();
    }

    /** Whether a network interceptor has set this header: the request did not have it when the call began. */
    private boolean isSetSince(Headers original, String name) {
        return original.get(name) != null && request.header(name) == null;
    }

    // Asynchronous calls too: they run on threads of the dispatcher, which may wait.
    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public long callerTimeoutMillis() {
        return TimeUnit.NANOSECONDS.toMillis(okhttp.timeout().timeoutNanos());
    }

    @Override
    public boolean limit(long millis) {
        limit = limit.with(millis);
        return true;
    }

    @Override
    protected @Nullable String present(String name) {
        return request.header(name);
    }

    @Override
    public long headerNames() {
        return names(request.headers());
    }

    private static long names(Headers headers) {
        long names = 0;
        int count = headers.size();
        for (int i = 0; i < count; i++) names |= HeaderSet.of(headers.name(i));
        return names;
    }

    @Override
    public boolean repeatsHeader(String name) {
        return request.headers().values(name).size() > 1;
    }

    @Override
    public long responseHeaderNames() {
        return response == null ? 0 : names(response.headers());
    }

    @Override
    public @Nullable String responseHeader(String name) {
        return response == null ? null : response.header(name);
    }

    @Override
    public long bodyLength() {
        RequestBody body = request.body();
        if (body == null) return 0;
        try {
            return body.contentLength();
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        RequestBody body = request.body();
        long length = bodyLength();
        if (body == null || length <= 0 || length > limit || !isReplayable(body)) return null;
        Buffer buffer = new Buffer();
        try {
            body.writeTo(buffer);
        } catch (IOException e) {
            return null;
        }
        return buffer.readByteArray();
    }

    /**
     * Only bodies of OkHttp itself, and those of others that say so. The default is no answer: an application's body over
     * a stream inherits it too.
     */
    private static boolean isReplayable(RequestBody body) {
        if (body.isDuplex() || body.isOneShot()) return false;
        if (body instanceof MultipartBody multipart) {
            for (MultipartBody.Part part : multipart.parts()) {
                if (!isReplayable(part.body())) return false;
            }
            return true;
        }
        return REPLAYABLE.get(body.getClass());
    }

    private static final ClassValue<Boolean> REPLAYABLE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            if (type.getName().startsWith("okhttp3.")) return true;
            try {
                return type.getMethod("isOneShot").getDeclaringClass() != RequestBody.class;
            } catch (NoSuchMethodException e) {
                return false;
            }
        }
    };
}
