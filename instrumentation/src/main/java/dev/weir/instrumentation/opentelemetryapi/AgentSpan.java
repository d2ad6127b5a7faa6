package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A span that OpenTelemetry's agent, or its instrumentation of a library, makes of one call. The context that it is in remembers it. */
final class AgentSpan extends Hooks.ForeignSpan {

    private static final ContextKey<AgentSpan> KEY = ContextKey.named("weir-agent-span");

    private static volatile @Nullable MethodHandle extract;
    private static volatile @Nullable MethodHandle attribute;

    private final Span span;
    private final Hooks.SpanContext context;

    private AgentSpan(Span span, Hooks.SpanContext context, int kind, String parentSpanId) {
        super(kind, parentSpanId);
        this.span = span;
        this.context = new Hooks.SpanContext(context.traceId, context.spanId, context.flags, context.traceState, this);
    }

    /** The one that is current in this context; {@code null} for none, or when another one began inside of it. */
    static @Nullable AgentSpan in(Context context) {
        AgentSpan known = context.get(KEY);
        return known != null && known.span == Span.fromContextOrNull(context) ? known : null;
    }

    /** A span has begun, and is current in this context. */
    static @Nullable AgentSpan begun(Context context, int kind, String parentSpanId) {
        Span span = Span.fromContextOrNull(context);
        // One that is not kept goes nowhere.
        if (span == null || !span.isRecording() || !span.getSpanContext().isSampled()) return null;
        Hooks.SpanContext ids = SpanContexts.of(span.getSpanContext());
        return ids == null ? null : new AgentSpan(span, ids, kind, parentSpanId);
    }

    /** The one that is current in this context is about to end. */
    static void ending(@Nullable Context context) {
        AgentSpan span = context == null ? null : in(context);
        if (span != null) Hooks.ending(span);
    }

    Context storedIn(Context in) {
        return in.with(KEY, this);
    }

    /**
     * Which kind of span is made of this request, as {@link Hooks.ForeignSpan#kind} counts.
     *
     * @param extractor the agent's {@code SpanKindExtractor}, whose type is not known here
     * @return 0 when Weir has no such calls
     */
    static int kind(Object extractor, Object request) {
        try {
            MethodHandle handle = extract;
            if (handle == null) {
                extract = handle =
                        find(extractor.getClass(), "extract", MethodType.methodType(SpanKind.class, Object.class));
            }
            if (handle == null) return 0;
            Object kind = handle.invokeExact(extractor, request);
            return kind instanceof SpanKind said && said != SpanKind.INTERNAL ? SpanContexts.number(said) : 0;
        } catch (Throwable t) {
            return 0;
        }
    }

    /** A method of a public interface that a class implements, for callers that do not know the interface. */
    private static @Nullable MethodHandle find(Class<?> type, String name, MethodType shape) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Class<?> each : at.getInterfaces()) {
                try {
                    return MethodHandles.publicLookup()
                            .findVirtual(each, name, shape)
                            .asType(shape.generic().insertParameterTypes(0, Object.class));
                } catch (ReflectiveOperationException | RuntimeException e) {
                    MethodHandle above = find(each, name, shape);
                    if (above != null) return above;
                }
            }
        }
        return null;
    }

    @Override
    public Hooks.SpanContext context() {
        return context;
    }

    @Override
    public boolean has(String name) {
        try {
            MethodHandle handle = attribute;
            if (handle == null) {
                attribute = handle =
                        find(span.getClass(), "getAttribute", MethodType.methodType(Object.class, AttributeKey.class));
            }
            return handle != null
                    && (Object) handle.invokeExact((Object) span, (Object) AttributeKey.stringKey(name)) != null;
        } catch (Throwable t) {
            return false;
        }
    }

    @Override
    public void attribute(String name, Object value) {
        if (value instanceof Long number) span.setAttribute(name, number);
        else if (value instanceof Boolean truth) span.setAttribute(name, truth);
        else span.setAttribute(name, String.valueOf(value));
    }

    @Override
    public void event(String name, Map<String, String> attributes) {
        AttributesBuilder builder = Attributes.builder();
        for (Map.Entry<String, String> each : attributes.entrySet()) builder.put(each.getKey(), each.getValue());
        span.addEvent(name, builder.build());
    }

    /** The context without the call that the new span is of: in what that call is in. */
    static Context beside(Context context, Hooks.SpanContext parent, int kind) {
        if (parent.spanId.isEmpty()) return context.with(Span.getInvalid());
        SpanContext span = SpanContexts.of(parent);
        boolean remote = kind == SERVER || kind == CONSUMER;
        return context.with(Span.wrap(remote ? SpanContexts.remote(span) : span));
    }
}
