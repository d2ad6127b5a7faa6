package dev.weir.page;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CONSUMER;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;

/** What the browser looks at: a cascade, its harmless neighbours, and things that should not be. */
final class Chains {
    static final int CASCADE = 0xca5cade;
    static final int FILE_READER = 2;
    static final int CALM = 3;
    static final int REFUSED = 4;
    static final int HOSTILE = 6;
    static final int BROKEN = 7;
    static final int SKEWED = 8;
    static final int LARGE = 9;

    static final String KEY = "43c1c55f-1d86-86b9-bfb7-cae59824e36f";
    static final String EVIL =
            "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=2</script>'\"`${window.hacked=3}";

    private Chains() {}

    /** Three layers of three tries: the agent's loop, resilience4j in the worker, OkHttp inside it. */
    static Spans cascade() {
        Spans spans = Spans.trace(CASCADE)
                .span("agent", SPAN_KIND_SERVER, 1, 0, "POST /chat", 0, 2700)
                .with("weir.amplification", 27.0)
                .with("weir.attempts", 30)
                .with("weir.operations", 3)
                .with("weir.session", "customer-17")
                .span("agent", SPAN_KIND_CLIENT, 2, 1, "chat gpt-4o", 5, 90)
                .attempt("op-model", 1);
        int id = 10;
        int number = 0;
        for (int outer = 1; outer <= 3; outer++) {
            double began = 100 + (outer - 1) * 860;
            int call = id++;
            int received = id++;
            spans.span("agent", SPAN_KIND_CLIENT, call, 1, "POST", began, 800)
                    .attempt("op-order", outer)
                    .with("http.request.method", "POST")
                    .with("url.full", "http://worker:8080/orders")
                    .with("http.response.status_code", 502)
                    .with("weir.deadline.remaining_ms", 2500 - (int) began)
                    .with("weir.idempotency.key", "89c3df93-7fae-8f04-af33-216d550d9e7a")
                    .verdict("idempotency-key", "mark", "key of the first attempt")
                    .failed("");
            spans.span("worker", SPAN_KIND_SERVER, received, call, "POST /orders", began + 3, 790)
                    .attempt("op-order", outer)
                    .with("weir.deadline.remaining_ms", 2497 - (int) began)
                    .with("http.response.status_code", 502)
                    .failed("");
            for (int middle = 1; middle <= 3; middle++) {
                for (int inner = 1; inner <= 3; inner++) {
                    number++;
                    double at = began + 10 + (middle - 1) * 260 + (inner - 1) * 80;
                    spans.span("worker", SPAN_KIND_CLIENT, id++, received, "POST", at, 60)
                            .attempt("op-charge", number)
                            .with("weir.attempt.layers", "resilience4j:" + middle + "/okhttp:" + inner)
                            .with("http.request.method", "POST")
                            .with("url.full", "http://payments:9090/charges")
                            .with("http.response.status_code", 503)
                            .with("weir.deadline.remaining_ms", 2500 - (int) at)
                            .with("weir.idempotency.key", KEY)
                            .failed("");
                    if (number > 4) {
                        spans.verdict(
                                "retry-budget",
                                "would-deny",
                                "attempt " + number + " of an operation that gets 4, over all layers");
                    }
                    spans.span("payments", SPAN_KIND_SERVER, id++, id - 2, "POST /charges", at + 2, 55)
                            .attempt("op-charge", number)
                            .with("http.response.status_code", 503)
                            .failed("provider down");
                }
            }
        }
        return spans;
    }

    /** Another chain that read a file of the first one, and sent its key. */
    static Spans fileReader() {
        return Spans.trace(FILE_READER)
                .span("reporter", SPAN_KIND_INTERNAL, 1, 0, "file read", 4000, 3)
                .with("file.path", "/var/reports/order-1001.txt")
                .linkedTo(CASCADE, 2)
                .span("reporter", SPAN_KIND_CLIENT, 2, 1, "POST", 4001, 1)
                .with("weir.idempotency.key", KEY);
    }

    static Spans calm() {
        return Spans.trace(CALM)
                .span("inventory", SPAN_KIND_SERVER, 1, 0, "GET /stock", 5000, 12)
                .with("weir.session", "customer-18")
                .with("weir.amplification", 1.0)
                .with("weir.attempts", 1)
                .with("weir.operations", 1);
    }

    static Spans refused() {
        Spans spans = Spans.trace(REFUSED)
                .span("agent", SPAN_KIND_INTERNAL, 1, 0, "invoke_agent booking", 6000, 900)
                .with("weir.amplification", 4.0);
        for (int i = 1; i <= 9; i++) {
            spans.span("agent", SPAN_KIND_CLIENT, 1 + i, 1, "POST", 6000 + i * 90, i > 4 ? 0.2 : 70)
                    .attempt("op-1", Math.min(i, 5))
                    .with("http.request.method", "POST")
                    .with("url.full", "http://pay/charge")
                    .with("weir.deadline.remaining_ms", 700 - i * 90)
                    .failed(i > 4 ? "refused by weir" : "Read timed out");
            if (i > 4) spans.verdict("retry-budget", "deny", "attempt 5 of an operation that gets 4");
        }
        return spans;
    }

    static Spans hostile() {
        return Spans.trace(HOSTILE)
                .span(EVIL, SPAN_KIND_SERVER, 1, 0, EVIL, 7000, 10)
                .with(EVIL, EVIL)
                .with("weir.session", EVIL)
                .with("weir.idempotency.key", EVIL)
                .with("url.full", "javascript:window.hacked=4")
                .with("__proto__", "polluted")
                .with("constructor", "polluted")
                .attempt(EVIL, 1)
                .with("weir.attempt.layers", EVIL + ":2/" + EVIL)
                .verdict(EVIL, "would-deny", EVIL)
                .verdict("__proto__", "toString", EVIL)
                .event(EVIL, EVIL, EVIL)
                .failed("\u202egnp.exe " + EVIL)
                .linkedTo(CASCADE, 1)
                .span("__proto__", SPAN_KIND_CLIENT, 2, 1, "hasOwnProperty", 7001, 3);
    }

    /** Ids that make no tree: a cycle, an orphan, a child that is sent before its parent, an id twice. */
    static Spans broken() {
        return Spans.trace(BROKEN)
                .span("a", SPAN_KIND_INTERNAL, 1, 2, "chicken", 8000, 5)
                .span("a", SPAN_KIND_INTERNAL, 2, 1, "egg", 8001, 5)
                .span("a", SPAN_KIND_INTERNAL, 3, 99, "left alone", 8002, 5)
                .span("a", SPAN_KIND_INTERNAL, 5, 4, "child first", 8004, 1)
                .span("a", SPAN_KIND_INTERNAL, 4, 0, "parent", 8003, 5)
                .span("a", SPAN_KIND_INTERNAL, 4, 0, "parent again", 8003, 5);
    }

    /** The ledger's clock is ten seconds behind. */
    static Spans skewed() {
        return Spans.trace(SKEWED)
                .span("front", SPAN_KIND_CLIENT, 1, 0, "POST", 20_000, 100)
                .with("http.response.status_code", 200)
                .span("ledger", SPAN_KIND_SERVER, 2, 1, "POST /entries", 10_010, 80)
                .span("ledger", SPAN_KIND_CLIENT, 3, 2, "INSERT entries", 10_020, 40)
                .span("audit", SPAN_KIND_CONSUMER, 4, 1, "process audit", 20_300, 10);
    }

    /** One part of a chain of many spans: an agent's steps, each with a few calls. */
    static Spans large(int from, int to) {
        Spans spans = Spans.trace(LARGE);
        if (from == 1) spans.span("crawler", SPAN_KIND_INTERNAL, 1, 0, "invoke_agent crawler", 9000, 60_000);
        for (int id = Math.max(2, from); id <= to; id++) {
            int parent = id <= 501 ? 1 : 2 + id % 500;
            spans.span("crawler", SPAN_KIND_CLIENT, id, parent, "step " + id, 9000 + id, 40);
            if (id % 1000 == 0) spans.failed("step " + id + " broke");
        }
        return spans;
    }
}
