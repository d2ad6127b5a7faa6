package dev.weir.instrumentation.servlet;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * One inbound request, from the first filter or servlet that it reaches.
 *
 * <p>Whether a request is known stands in its attributes: they follow it through wrappers, forwards and asynchronous
 * dispatches, the container clears them, and what is in them is understood by the advice of every class loader.
 */
final class Inbound implements AsyncListener {

    /** The request's call; {@code Boolean.FALSE} when it is not followed. */
    private static final String CALL = "dev.weir.call";

    /** The causal context inside the call, for asynchronous dispatches and error pages. */
    private static final String CONTEXT = "dev.weir.context";

    private final Call call;
    private final RequestFacts facts;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private volatile @Nullable Throwable failure;

    private Inbound(Call call, RequestFacts facts, HttpServletRequest request, HttpServletResponse response) {
        this.call = call;
        this.facts = facts;
        this.request = request;
        this.response = response;
    }

    /** The token of a later dispatch: the request is known, its context comes to this thread. */
    private static final class Dispatched extends Call {

        private final @Nullable Object previous;

        Dispatched(@Nullable Object previous) {
            this.previous = previous;
        }

        @Override
        public @Nullable CallFacts facts() {
            return null;
        }
    }

    static @Nullable Call enter(ServletRequest given, ServletResponse givenToo) {
        if (!(original(given) instanceof HttpServletRequest request)
                || !(original(givenToo) instanceof HttpServletResponse response)) {
            return null;
        }
        Object known = request.getAttribute(CALL);
        if (known != null) return dispatched(given, request);
        // The server below follows it already.
        if (Attachments.of(request) != null || !Hooks.follows(CallFacts.Kind.HTTP_SERVER)) return null;
        RequestFacts facts = new RequestFacts(request, response);
        Call call = Hooks.begin(facts);
        boolean open = call != null && !(call instanceof Call.Denied);
        request.setAttribute(CALL, open ? call : false);
        if (call != null && open) Attachments.attach(response, call);
        return call;
    }

    private static @Nullable Call dispatched(ServletRequest given, HttpServletRequest request) {
        // Some containers say so only in a wrapper of theirs.
        DispatcherType type = given.getDispatcherType();
        if (type != DispatcherType.ASYNC && type != DispatcherType.ERROR) return null;
        Object context = request.getAttribute(CONTEXT);
        // Only the first of the filters that the dispatch passes, and not where a thread hand-off was faster.
        return context == null || Hooks.capture() != null ? null : new Dispatched(Hooks.enter(context));
    }

    static void exit(Call token, ServletRequest given, ServletResponse givenToo, @Nullable Throwable thrown) {
        if (token instanceof Dispatched dispatched) {
            Hooks.exit(dispatched.previous);
            return;
        }
        if (token.facts() instanceof RequestFacts facts
                && original(given) instanceof HttpServletRequest request
                && original(givenToo) instanceof HttpServletResponse response) {
            new Inbound(token, facts, request, response).returned(thrown);
        } else {
            Hooks.end(token, 0, thrown);
        }
    }

    private void returned(@Nullable Throwable thrown) {
        if (!response.isCommitted()) Hooks.replying(call);
        boolean continues = thrown == null && request.isAsyncStarted();
        if (continues || thrown != null || response.getStatus() >= 400) {
            request.setAttribute(CONTEXT, Hooks.capture());
        }
        if (!continues) {
            end(thrown);
            return;
        }
        Hooks.leave(call);
        try {
            request.getAsyncContext().addListener(this);
        } catch (IllegalStateException e) {
            // It was completed in the meantime.
            end(null);
        }
    }

    private void end(@Nullable Throwable thrown) {
        Throwable cause = thrown instanceof ServletException wrapper && wrapper.getRootCause() != null
                ? wrapper.getRootCause()
                : thrown;
        // The container makes an error page of an exception, but later.
        int status = cause != null && !response.isCommitted() ? 500 : response.getStatus();
        Hooks.end(call, status, cause);
        Attachments.detach(response);
        facts.close();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end(failure);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // The container answers, and then completes.
    }

    @Override
    public void onError(AsyncEvent event) {
        failure = event.getThrowable();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // Started again after a dispatch: listeners do not stay.
        AsyncContext again = event.getAsyncContext();
        if (again != null) again.addListener(this);
    }

    /** The container's own request. */
    static ServletRequest original(ServletRequest given) {
        ServletRequest request = given;
        while (request instanceof ServletRequestWrapper wrapper && wrapper.getRequest() != null) {
            request = wrapper.getRequest();
        }
        return request;
    }

    private static ServletResponse original(ServletResponse given) {
        ServletResponse response = given;
        while (response instanceof ServletResponseWrapper wrapper && wrapper.getResponse() != null) {
            response = wrapper.getResponse();
        }
        return response;
    }
}
