package dev.weir.instrumentation.ktor;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.AddedHeaders;
import dev.weir.instrumentation.shared.CallLimit;
import dev.weir.instrumentation.shared.FixedRequestFacts;
import dev.weir.instrumentation.shared.OwnCause;
import io.ktor.client.request.HttpRequestData;
import io.ktor.client.request.HttpResponseData;
import io.ktor.http.HeadersBuilder;
import io.ktor.http.content.OutgoingContent;
import java.util.List;
import java.util.concurrent.CancellationException;
import kotlin.Unit;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.Job;
import org.jspecify.annotations.Nullable;

/** What is known of one request of the CIO engine. Requests cannot be changed, so the engine gets a copy of it. */
final class RequestFacts extends FixedRequestFacts {

    private final HttpRequestData request;
    private OwnCause place = OwnCause.NONE;
    private CallLimit limit = CallLimit.NONE;
    private volatile @Nullable HttpResponseData response;
    private @Nullable Call call;

    RequestFacts(HttpRequestData request) {
        super(
                "ktor-client",
                request.getMethod().getValue(),
                // A web socket begins as HTTP.
                request.getUrl().getProtocol().getName().replace("ws", "http"),
                request.getUrl().getHost(),
                request.getUrl().getPort(),
                request.getUrl().getEncodedPath(),
                request.getUrl().getEncodedQuery().isEmpty()
                        ? null
                        : request.getUrl().getEncodedQuery());
        this.request = request;
    }

    static @Nullable RequestFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof RequestFacts facts ? facts : null;
    }

    @Nullable
    Call begin() {
        Object cause = Cause.of(request.getAttributes());
        if (cause != null) place = OwnCause.of(cause);
        Call begun = Hooks.begin(this);
        if (begun == null || begun instanceof Call.Denied) {
            place.leave();
            return begun;
        }
        call = begun;
        if (limit.isSet()) limit.start(this::abort);
        return begun;
    }

    // As Ktor's own timeouts do it: whoever waits for the call, or for a part of its body, is told the cause.
    private void abort() {
        CancellationException cancelled = new CancellationException(DeadlineTimer.PASSED);
        cancelled.initCause(CallLimit.timeout(null));
        request.getExecutionContext().cancel(cancelled);
    }

    /** What goes to the engine in the request's place. */
    HttpRequestData changed() {
        String[] own = added();
        int length = AddedHeaders.length(own);
        if (length == 0) return request;
        HeadersBuilder all = new HeadersBuilder();
        all.appendAll(request.getHeaders());
        for (int i = 0; i < length; i += 2) all.set(own[i], own[i + 1]);
        return new HttpRequestData(
                request.getUrl(),
                request.getMethod(),
                all.build(),
                request.getBody(),
                request.getExecutionContext(),
                request.getAttributes());
    }

    /** The engine was called, and this thread is done with it. */
    void handedOn() {
        Hooks.leave(call);
        place.leave();
    }

    /** Ends the call; returns what the application has to be told instead of what was thrown, if anything. */
    @Nullable
    Throwable end(@Nullable HttpResponseData received, @Nullable Throwable thrown) {
        response = received;
        Throwable told = limit.reasonOf(thrown);
        if (limit.isRunning()) awaitBody(received);
        Hooks.end(call, received == null ? 0 : received.getStatusCode().getValue(), told == null ? thrown : told);
        place.leave();
        return told;
    }

    // What belongs to a response, its body too, is a child of this job.
    private void awaitBody(@Nullable HttpResponseData received) {
        CoroutineContext context = received == null ? null : received.getCallContext();
        Job job = context == null ? null : context.get(Job.Key);
        if (job == null) limit.cancel();
        else
            job.invokeOnCompletion(ended -> {
                limit.cancel();
                return Unit.INSTANCE;
            });
    }

    @Override
    public long callerTimeoutMillis() {
        return OwnTimeout.millis(request);
    }

    // The body of a web socket is all that is ever said over it.
    @Override
    public boolean limit(long millis) {
        if (request.getUrl().getProtocol().getName().startsWith("ws")) return false;
        limit = limit.with(millis);
        return true;
    }

    @Override
    protected @Nullable String present(String name) {
        return request.getHeaders().get(name);
    }

    @Override
    public boolean repeatsHeader(String name) {
        List<String> values = request.getHeaders().getAll(name);
        return values != null && values.size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpResponseData received = response;
        return received == null ? null : received.getHeaders().get(name);
    }

    @Override
    public long bodyLength() {
        Long length = request.getBody().getContentLength();
        if (length != null) return length;
        return request.getBody() instanceof OutgoingContent.NoContent ? 0 : -1;
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        long length = bodyLength();
        if (length <= 0 || length > limit || !(request.getBody() instanceof OutgoingContent.ByteArrayContent body)) {
            return null;
        }
        // Those of others may do anything when they are asked.
        if (!body.getClass().getName().startsWith("io.ktor.")) return null;
        return body.bytes();
    }
}
