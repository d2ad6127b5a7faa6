package dev.weir.instrumentation.jdkhttpclient;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.Optional;

/** What is known of the request that the client makes because a reply sent it elsewhere. */
final class Hop extends OutgoingFacts {

    private final RequestFacts first;
    // Not the request itself: what is remembered of a request must not keep it.
    private final HttpHeaders own;
    private final Optional<HttpRequest.BodyPublisher> body;

    Hop(HttpRequest request, RequestFacts first) {
        super(request);
        this.first = first;
        this.own = request.headers();
        this.body = request.bodyPublisher();
    }

    @Override
    HttpHeaders own() {
        return own;
    }

    @Override
    Optional<HttpRequest.BodyPublisher> body() {
        return body;
    }

    @Override
    public long callerTimeoutMillis() {
        return first.callerTimeoutMillis();
    }
}
