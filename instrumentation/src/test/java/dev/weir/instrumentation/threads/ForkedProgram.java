package dev.weir.instrumentation.threads;

import dev.weir.bootstrap.Fuse;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.RecordingAgent;
import dev.weir.instrumentation.weaving.BootLoader;
import dev.weir.instrumentation.weaving.Weaver;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import net.bytebuddy.agent.ByteBuddyAgent;

/** Runs in a JVM of its own, because its flags are part of the question. Prints what it saw. */
final class ForkedProgram {

    private static final Object RUN = Contexts.named("run");

    private ForkedProgram() {}

    public static void main(String[] arguments) throws Exception {
        List<String> failures = new CopyOnWriteArrayList<>();
        Fuse.listen((index, cause) -> failures.add(Weaver.adviceOf(index) + ": " + cause));
        Weaver weaver = new Weaver(new BootLoader(ByteBuddyAgent.install()), new Weaver.Listener() {
            @Override
            public void failed(String adapter, String className, Throwable cause) {
                failures.add(className + ": " + cause);
            }

            @Override
            public void passedOver(String className, String reason) {
                failures.add(className + ": " + reason);
            }
        });
        weaver.add(new ThreadsInstrumentation());
        weaver.install(ByteBuddyAgent.install());
        Hooks.install(new RecordingAgent("threads"));
        switch (arguments[0]) {
            case "async" -> async();
            case "structured" -> structured();
            case "scoped" -> scoped();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("left on this thread: " + Hooks.capture());
        System.out.println("failures: " + failures);
        System.exit(0);
    }

    private static void async() throws Exception {
        System.out.println("parallelism: " + ForkJoinPool.getCommonPoolParallelism());
        CompletableFuture<String> thread =
                Contexts.inside(RUN, () -> CompletableFuture.supplyAsync(() -> String.valueOf(Hooks.capture())));
        System.out.println("supplyAsync: " + thread.get());
        CompletableFuture<String> chain =
                Contexts.inside(RUN, () -> thread.thenApplyAsync(text -> text + " " + Hooks.capture()));
        System.out.println("thenApplyAsync: " + chain.get());
        System.out.println("without: "
                + CompletableFuture.supplyAsync(() -> String.valueOf(Hooks.capture()))
                        .get());
    }

    /** {@code StructuredTaskScope}, a preview of JDK 25. */
    private static void structured() throws Exception {
        Class<?> type = Class.forName("java.util.concurrent.StructuredTaskScope");
        Class<?> subtask = Class.forName("java.util.concurrent.StructuredTaskScope$Subtask");
        Method fork = type.getMethod("fork", Callable.class);
        List<Object> subtasks = new ArrayList<>();
        AutoCloseable scope = (AutoCloseable) type.getMethod("open").invoke(null);
        try (scope) {
            Contexts.inside(RUN, () -> {
                for (int i = 0; i < 2; i++) {
                    subtasks.add(fork.invoke(scope, (Callable<String>) () -> String.valueOf(Hooks.capture())));
                }
                return null;
            });
            subtasks.add(fork.invoke(scope, (Callable<String>) () -> String.valueOf(Hooks.capture())));
            type.getMethod("join").invoke(scope);
            for (Object one : subtasks) {
                System.out.println("subtask: " + subtask.getMethod("get").invoke(one));
            }
        }
    }

    /** {@code ScopedValue}, final since JDK 25: its bindings are found by walking frames. */
    private static void scoped() throws Exception {
        Class<?> type = Class.forName("java.lang.ScopedValue");
        Object value = type.getMethod("newInstance").invoke(null);
        Method get = type.getMethod("get");
        Method isBound = type.getMethod("isBound");
        Class<?> carrierType = Class.forName("java.lang.ScopedValue$Carrier");
        Object carrier = type.getMethod("where", type, Object.class).invoke(null, value, "bound");
        Method run = carrierType.getMethod("run", Runnable.class);
        Contexts.inside(
                RUN,
                () -> run.invoke(carrier, (Runnable) () -> {
                    try {
                        System.out.println("in run: " + get.invoke(value) + " " + Hooks.capture());
                        Thread thread = new Thread(() -> {
                            try {
                                System.out.println("in a thread: " + isBound.invoke(value) + " " + Hooks.capture());
                            } catch (ReflectiveOperationException e) {
                                throw new AssertionError(e);
                            }
                        });
                        thread.start();
                        thread.join();
                        Thread virtual = (Thread) Thread.class
                                .getMethod("startVirtualThread", Runnable.class)
                                .invoke(null, (Runnable) () -> {
                                    try {
                                        Object inner = type.getMethod("where", type, Object.class)
                                                .invoke(null, value, "inner");
                                        run.invoke(inner, (Runnable) () -> {
                                            try {
                                                System.out.println("in a virtual thread: " + get.invoke(value) + " "
                                                        + Hooks.capture());
                                            } catch (ReflectiveOperationException e) {
                                                throw new AssertionError(e);
                                            }
                                        });
                                    } catch (ReflectiveOperationException e) {
                                        throw new AssertionError(e);
                                    }
                                });
                        virtual.join();
                    } catch (ReflectiveOperationException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }));
        System.out.println("after: " + isBound.invoke(value));
    }
}
