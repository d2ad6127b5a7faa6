package dev.weir.instrumentation.threads;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tasks and threads that serve many runs: pools' housekeeping, event loops, reapers. One that took the context of the run
 * that happened to start it would keep that run alive, and blame everything that follows on it.
 */
final class Infrastructure {

    /**
     * Packages, and classes, whose own tasks are housekeeping, or carry their context by themselves, as coroutines do. The
     * application's tasks have other names.
     */
    private static final String[] TASKS = {
        "java.lang.",
        "java.util.concurrent.ForkJoinTask$",
        "sun.",
        "com.sun.",
        "dev.weir.agent.",
        "dev.weir.bootstrap.",
        "com.github.benmanes.caffeine.",
        "com.mongodb.internal.",
        "com.mysql.cj.",
        "com.zaxxer.hikari.",
        "io.netty.",
        "io.vertx.core.impl.",
        "kotlinx.coroutines.",
        "okhttp3.internal.concurrent.",
        "okhttp3.internal.connection.RealConnectionPool",
        "org.apache.catalina.",
        "org.apache.hc.core5.reactor.",
        "org.apache.kafka.clients.",
        "org.apache.tomcat.",
        "org.h2.",
        "org.mariadb.jdbc.",
        "org.postgresql.",
    };

    /** Packages whose threads are their own: they live longer than the run in which they happen to be started. */
    private static final String[] STARTERS = {
        "jdk.internal.net.",
        "sun.",
        "com.sun.",
        "dev.weir.agent.",
        "dev.weir.bootstrap.",
        "akka.",
        "ch.qos.logback.",
        "com.mongodb.",
        "com.mysql.",
        "com.zaxxer.",
        "io.lettuce.",
        "io.netty.",
        "io.opentelemetry.",
        "io.undertow.",
        "io.vertx.",
        "kotlinx.coroutines.",
        "okhttp3.",
        "okio.",
        "oracle.",
        "org.apache.activemq.",
        "org.apache.catalina.",
        "org.apache.commons.pool2.",
        "org.apache.coyote.",
        "org.apache.hc.",
        "org.apache.http.",
        "org.apache.kafka.",
        "org.apache.logging.",
        "org.apache.pekko.",
        "org.apache.tomcat.",
        "org.eclipse.jetty.",
        "org.h2.",
        "org.jboss.",
        "org.mariadb.",
        "org.postgresql.",
        "org.quartz.",
        "org.xnio.",
        "reactor.",
        "redis.clients.",
    };

    private static final String ADVICE = "dev.weir.instrumentation.threads.ThreadsInstrumentation$";
    private static final String OWN = "dev.weir.instrumentation.threads.Infrastructure";
    private static final int CALLERS = 8;

    private static final ClassValue<Boolean> REFUSED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return carriesInside(type) || startsWithOneOf(type.getName(), TASKS);
        }
    };

    private static final @Nullable Module HTTP_CLIENT =
            ModuleLayer.boot().findModule("java.net.http").orElse(null);

    private static final String EXCHANGES = "jdk.internal.net.http.";

    private static final Function<Stream<StackWalker.StackFrame>, Boolean> STARTED_BY_LIBRARY = new Function<>() {
        @Override
        public Boolean apply(Stream<StackWalker.StackFrame> frames) {
            Iterator<StackWalker.StackFrame> callers = frames.iterator();
            for (int i = 0; i < CALLERS && callers.hasNext(); i++) {
                String caller = callers.next().getClassName();
                if (caller.startsWith("java.") || caller.startsWith(ADVICE) || caller.startsWith(OWN)) continue;
                // The nearest caller outside the JDK is who wants the thread.
                return startsWithOneOf(caller, STARTERS);
            }
            return false;
        }
    };

    private Infrastructure() {}

    /** A stage's function has its context already. */
    private static boolean carriesInside(Class<?> type) {
        return CompletableFuture.AsynchronousCompletionTask.class.isAssignableFrom(type)
                && type.getName().startsWith("java.util.concurrent.CompletableFuture$");
    }

    /** Whether tasks of this class go without a context: housekeeping, and what carries its context inside. */
    static boolean refuses(Class<?> task) {
        return isOfExchange(task) || REFUSED.get(task);
    }

    /**
     * Whether functions of this class go without a context when they become stages that lead on to others: those of an
     * exchange of the JDK's HTTP client. The application's body, cookie and authentication handlers run below those of
     * {@code MultiExchange}, once more when it repeats a request.
     */
    static boolean refusesLeadingOn(Class<?> function) {
        return isOfExchange(function) && !function.getName().startsWith("MultiExchange", EXCHANGES.length());
    }

    /**
     * Whether the JDK's HTTP client has made functions of this class, of which a dozen become stages in each call. Asked of
     * the module: to find an answer kept for the class takes longer.
     */
    static boolean isOfExchange(Class<?> type) {
        return type.getModule() == HTTP_CLIENT && type.getName().startsWith(EXCHANGES);
    }

    /** Whether a platform thread that is about to be started goes without the context of its starter. */
    static boolean refuses(Thread thread) {
        if (thread.getName().startsWith("weir-")) return true;
        Class<?> type = thread.getClass();
        boolean ofJdk = type.getClassLoader() == null || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
        if (type != Thread.class && (ofJdk || thread instanceof ForkJoinWorkerThread)) return true;
        return StackWalker.getInstance().walk(STARTED_BY_LIBRARY);
    }

    private static boolean startsWithOneOf(String name, String[] prefixes) {
        for (String prefix : prefixes) {
            if (name.startsWith(prefix)) return true;
        }
        return false;
    }
}
