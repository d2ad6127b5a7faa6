package dev.weir.instrumentation.micrometertracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.opentelemetryapi.OpenTelemetryApiInstrumentation;
import dev.weir.instrumentation.opentelemetryapi.Sdk;
import dev.weir.instrumentation.testing.Woven;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/** Observations of calls, of which Micrometer Tracing's handlers make spans. */
class ObservedCallsTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String WEIRS = "b7ad6b7169203331";
    private static final String AROUND = "00000000000000a0";

    @RegisterExtension
    final Woven woven = new Woven(new MicrometerTracingInstrumentation(), new OpenTelemetryApiInstrumentation());

    private SdkTracerProvider sdk = Sdk.provider();
    private ObservationRegistry registry = registry(sdk);

    /** As Spring Boot puts them together. */
    private static ObservationRegistry registry(SdkTracerProvider provider) {
        Tracer tracer = new OtelTracer(provider.get("test"), new OtelCurrentTraceContext(), event -> {});
        OtelPropagator propagator = new OtelPropagator(
                ContextPropagators.create(W3CTraceContextPropagator.getInstance()), provider.get("test"));
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig()
                .observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
                        new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                        new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                        new DefaultTracingObservationHandler(tracer)));
        return registry;
    }

    @BeforeEach
    void share() {
        woven.agent().inSpan(weirs(WEIRS));
        woven.agent().share(weirs(AROUND));
    }

    @AfterEach
    void close() {
        sdk.close();
    }

    private static Hooks.SpanContext weirs(String id) {
        return new Hooks.SpanContext(TRACE, id, (byte) 1, null);
    }

    private static Observation.Context model() {
        return ChatModelObservationContext.builder()
                .prompt(new Prompt("hello"))
                .provider("openai")
                .build();
    }

    private Observation start(Observation.Context context) {
        return Observation.start("chat", () -> context, registry);
    }

    private static SpanData made(Observation.Context context) {
        TracingContext tracing = context.getRequired(TracingContext.class);
        return ((ReadableSpan) OtelSpan.toOtel(tracing.getSpan())).toSpanData();
    }

    private Hooks.ForeignSpan told(int at) {
        return assertInstanceOf(Hooks.ForeignSpan.class, woven.agent().foreign().get(at));
    }

    @Test
    void aSpanGoesIntoThePlaceOfItsCall() {
        Observation.Context context = model();
        Observation observation = start(context);
        assertEquals(AROUND, made(context).getParentSpanId());
        assertEquals(TRACE, made(context).getTraceId());
        assertEquals(
                "starting " + Hooks.ForeignSpan.MODEL, woven.agent().foreign().get(0));
        Hooks.ForeignSpan span = told(1);
        assertEquals(Hooks.ForeignSpan.MODEL, span.kind);
        assertEquals(AROUND, span.parentSpanId);
        assertEquals(made(context).getSpanId(), span.context().spanId);
        assertEquals(TRACE, span.context().traceId);
        assertEquals(1, span.context().flags);
        observation.stop();
        assertEquals("ending " + span.context().spanId, woven.agent().foreign().get(2));
        assertEquals(3, woven.agent().foreign().size());
    }

    @Test
    void whatIsSaidInItIsExportedWithIt() {
        Observation.Context context = model();
        Observation observation = start(context);
        Hooks.ForeignSpan span = told(1);
        span.attribute("weir.operation.id", "5a");
        span.attribute("weir.attempt", 2L);
        span.attribute("gen_ai.response.time_to_first_chunk", 0.5);
        span.attribute("gen_ai.response.finish_reasons", List.of("stop"));
        span.event("weir.verdict", Map.of("weir.verdict.rule", "deadline"));
        observation.stop();
        span.attribute("weir.attempt", 3L);
        SpanData data = made(context);
        assertEquals("5a", data.getAttributes().get(AttributeKey.stringKey("weir.operation.id")));
        assertEquals(2L, data.getAttributes().get(AttributeKey.longKey("weir.attempt")));
        assertEquals(0.5, data.getAttributes().get(AttributeKey.doubleKey("gen_ai.response.time_to_first_chunk")));
        assertEquals(
                List.of("stop"),
                data.getAttributes().get(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons")));
        assertEquals("weir.verdict", data.getEvents().get(0).getName());
        assertEquals(
                "deadline", data.getEvents().get(0).getAttributes().get(AttributeKey.stringKey("weir.verdict.rule")));
    }

    @Test
    void whatTheApplicationSaysItselfStands() {
        Observation.Context context = model();
        Observation observation = start(context);
        told(1).attribute("gen_ai.system", "of weir");
        observation.lowCardinalityKeyValue("gen_ai.system", "openai");
        observation.stop();
        assertEquals("openai", made(context).getAttributes().get(AttributeKey.stringKey("gen_ai.system")));
    }

    @Test
    void aCallThatFails() {
        Observation.Context context = model();
        Observation observation = start(context);
        observation.error(new IllegalStateException("no"));
        observation.stop();
        assertEquals(
                "ending " + told(1).context().spanId, woven.agent().foreign().get(2));
    }

    @Test
    void itMayEndOnAnotherThread() throws InterruptedException {
        Observation observation = start(model());
        Thread thread = new Thread(observation::stop);
        thread.start();
        thread.join();
        assertEquals(
                "ending " + told(1).context().spanId, woven.agent().foreign().get(2));
    }

    @Test
    void oneInsideOfAnother() {
        Observation outer = start(model());
        try (Observation.Scope ignored = outer.openScope()) {
            Observation inner = start(model());
            assertEquals(told(1).context().spanId, told(3).parentSpanId);
            inner.stop();
        }
        outer.stop();
        assertEquals(
                List.of("ending " + told(3).context().spanId, "ending " + told(1).context().spanId),
                woven.agent().foreign().subList(4, 6));
    }

    @Test
    void oneThatIsNotSampledIsNotTold() {
        for (Sampler sampler : List.of(Sampler.alwaysOff(), new RecordOnly())) {
            sdk.close();
            sdk = SdkTracerProvider.builder().setSampler(sampler).build();
            registry = registry(sdk);
            start(model()).stop();
        }
        String starting = "starting " + Hooks.ForeignSpan.MODEL;
        assertEquals(List.of(starting, "none", starting, "none"), woven.agent().foreign());
    }

    @Test
    void aRequestThatGoesOutNamesItsSpan() throws IOException {
        ClientHttpRequest request =
                new SimpleClientHttpRequestFactory().createRequest(URI.create("http://pay/charges"), HttpMethod.POST);
        Observation observation = start(new ClientRequestObservationContext(request));
        Hooks.ForeignSpan span = told(1);
        assertEquals(Hooks.ForeignSpan.HTTP_CLIENT, span.kind);
        assertEquals(AROUND, span.parentSpanId);
        assertEquals(
                "00-" + TRACE + "-" + span.context().spanId + "-01",
                request.getHeaders().getFirst("traceparent"));
        observation.stop();
        assertEquals("ending " + span.context().spanId, woven.agent().foreign().get(2));
    }

    @Test
    void aRequestThatCameIn() {
        woven.agent().share(null);
        String header = "00-" + TRACE + "-00000000000000c1-01";
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) ->
                        method.getName().equals("getHeader") && "traceparent".equals(arguments[0]) ? header : null);
        HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServletResponse.class}, (proxy, method, all) -> null);
        Observation observation = start(new ServerRequestObservationContext(request, response));
        assertEquals(Hooks.ForeignSpan.HTTP_SERVER, told(1).kind);
        assertEquals("00000000000000c1", told(1).parentSpanId);
        observation.stop();
    }

    /** A setter of the application's that fails, as a handler of its own may. */
    @Test
    void aBeginThatFailsIsToldToo() {
        SenderContext<Object> context = new Feigned((carrier, key, value) -> {
            throw new IllegalStateException("no headers");
        });
        context.setCarrier(new Object());
        assertThrows(IllegalStateException.class, () -> start(context));
        assertTrue(woven.agent().foreign().isEmpty(), "of what is no call of Weir's nobody is told");
        ClientRequestObservationContext broken = new ClientRequestObservationContext(new Unwritable());
        assertThrows(UnsupportedOperationException.class, () -> start(broken));
        assertEquals(
                List.of("starting " + Hooks.ForeignSpan.HTTP_CLIENT, "none"),
                woven.agent().foreign());
    }

    @Test
    void nothingIsToldWhereNobodyShares() {
        woven.agent().ignoreOthers();
        Observation.Context context = model();
        start(context).stop();
        assertEquals(WEIRS, made(context).getParentSpanId());
        assertEquals(List.of(), woven.agent().foreign());
    }

    private static final class Feigned extends SenderContext<Object> {

        Feigned(io.micrometer.observation.transport.Propagator.Setter<Object> setter) {
            super(setter);
        }
    }

    private static final class RecordOnly implements Sampler {

        @Override
        public io.opentelemetry.sdk.trace.samplers.SamplingResult shouldSample(
                io.opentelemetry.context.Context parent,
                String trace,
                String name,
                io.opentelemetry.api.trace.SpanKind kind,
                io.opentelemetry.api.common.Attributes attributes,
                List<io.opentelemetry.sdk.trace.data.LinkData> links) {
            return io.opentelemetry.sdk.trace.samplers.SamplingResult.recordOnly();
        }

        @Override
        public String getDescription() {
            return "records, and exports nothing";
        }
    }

    /** A request whose headers are sent already. */
    private static final class Unwritable implements ClientHttpRequest {

        @Override
        public HttpMethod getMethod() {
            return HttpMethod.POST;
        }

        @Override
        public URI getURI() {
            return URI.create("http://pay/charges");
        }

        @Override
        public Map<String, Object> getAttributes() {
            return Map.of();
        }

        @Override
        public org.springframework.http.HttpHeaders getHeaders() {
            return org.springframework.http.HttpHeaders.readOnlyHttpHeaders(new org.springframework.http.HttpHeaders());
        }

        @Override
        public java.io.OutputStream getBody() {
            return java.io.OutputStream.nullOutputStream();
        }

        @Override
        public org.springframework.http.client.@Nullable ClientHttpResponse execute() {
            return null;
        }
    }
}
