package example.shop;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.net.URI;
import java.nio.file.Path;
import java.util.Queue;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.matcher.ElementMatchers;
import org.jctools.queues.MpscArrayQueue;

/** Starts a process of the shop after using Byte Buddy, OpenTelemetry and JCTools from the application's class path. */
public final class OwnLibraries {
    private OwnLibraries() {}

    /** Arguments: the class to start, then its arguments. */
    public static void main(String[] arguments) throws Exception {
        System.out.println("made by " + jar(ByteBuddy.class) + ": " + made());
        System.out.println("traced by " + jar(SdkTracerProvider.class) + " and " + jar(Span.class) + ": " + traced());
        Queue<String> queue = new MpscArrayQueue<>(4);
        queue.offer("an element");
        System.out.println("queued by " + jar(MpscArrayQueue.class) + ": " + queue.poll());

        String[] rest = new String[arguments.length - 1];
        System.arraycopy(arguments, 1, rest, 0, rest.length);
        Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
    }

    private static String made() throws ReflectiveOperationException {
        return new ByteBuddy()
                .subclass(Object.class)
                .method(ElementMatchers.named("toString"))
                .intercept(FixedValue.value("a class"))
                .make()
                .load(OwnLibraries.class.getClassLoader())
                .getLoaded()
                .getDeclaredConstructor()
                .newInstance()
                .toString();
    }

    private static String traced() {
        Queue<String> ended = new MpscArrayQueue<>(4);
        try (SdkTracerProvider provider =
                SdkTracerProvider.builder().addSpanProcessor(new Names(ended)).build()) {
            Tracer tracer = provider.get("shop");
            tracer.spanBuilder("a span").startSpan().end();
        }
        return ended.poll();
    }

    private static String jar(Class<?> type) {
        URI location = URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString());
        return Path.of(location).getFileName().toString();
    }

    private record Names(Queue<String> ended) implements SpanProcessor {
        @Override
        public void onStart(io.opentelemetry.context.Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            ended.add(span.getName());
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
