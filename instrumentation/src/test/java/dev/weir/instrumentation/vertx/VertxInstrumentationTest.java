package dev.weir.instrumentation.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is handed to Vert.x is caused by what its caller was doing. */
class VertxInstrumentationTest {

    private static final String NOTHING = "nothing";

    @RegisterExtension
    final Woven woven = new Woven(new VertxInstrumentation());

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** The context of the thread that completes it, or {@link #NOTHING}. */
    private static void complete(CompletableFuture<Object> seen) {
        Object context = Hooks.capture();
        seen.complete(context == null ? NOTHING : context);
    }

    /** Hands something over inside a scope, and asserts that it runs inside that scope too; without one, in nothing. */
    private void assertCarried(Consumer<CompletableFuture<Object>> handOver) throws Exception {
        CompletableFuture<Object> inside = new CompletableFuture<>();
        Call scope =
                Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
        assertNotNull(scope);
        Object cause = Hooks.capture();
        try {
            handOver.accept(inside);
        } finally {
            Hooks.leave(scope);
        }
        assertEquals(cause, inside.get(20, TimeUnit.SECONDS));
        Hooks.end(scope, 0, null);
        CompletableFuture<Object> outside = new CompletableFuture<>();
        handOver.accept(outside);
        assertEquals(NOTHING, outside.get(20, TimeUnit.SECONDS));
    }

    @Test
    @Tag("traced-async")
    void timersAndTasksOfTheEventLoop() throws Exception {
        assertCarried(seen -> vertx.setTimer(1, id -> complete(seen)));
        assertCarried(seen -> vertx.runOnContext(nothing -> complete(seen)));
    }

    @Test
    @Tag("traced-async")
    void blockingCode() throws Exception {
        assertCarried(seen -> vertx.executeBlocking(() -> {
            complete(seen);
            return null;
        }));
        assertCarried(seen -> vertx.executeBlocking(() -> 1).onSuccess(one -> complete(seen)));
    }

    /** Blocking code of one context runs in order, on the thread of the first of several. */
    @Test
    @Tag("concurrent")
    void blockingCodeThatWaitsForItsTurn() throws Exception {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        List<CompletableFuture<Object>> seen = new ArrayList<>();
        List<Object> causes = new ArrayList<>();
        List<Call> scopes = new ArrayList<>();
        CompletableFuture<Void> handedOver = new CompletableFuture<>();
        vertx.runOnContext(nothing -> {
            vertx.executeBlocking(() -> turn.get(20, TimeUnit.SECONDS));
            for (int i = 0; i < 8; i++) {
                CompletableFuture<Object> mine = new CompletableFuture<>();
                seen.add(mine);
                Call scope = i % 2 == 1
                        ? null
                        : Hooks.begin(
                                new ScopeFacts(
                                        CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
                causes.add(scope == null ? NOTHING : Hooks.capture());
                vertx.executeBlocking(() -> {
                    complete(mine);
                    return null;
                });
                Hooks.leave(scope);
                if (scope != null) scopes.add(scope);
            }
            handedOver.complete(null);
        });
        handedOver.get(20, TimeUnit.SECONDS);
        turn.complete(null);
        for (int i = 0; i < 8; i++) {
            assertEquals(causes.get(i), seen.get(i).get(20, TimeUnit.SECONDS));
        }
        for (Call scope : scopes) Hooks.end(scope, 0, null);
    }

    @Test
    @Tag("traced-async")
    void listenersAndMappersOfFutures() throws Exception {
        assertCarried(seen -> later().onComplete(result -> complete(seen)));
        assertCarried(seen -> later().onComplete(one -> complete(seen), thrown -> {}));
        assertCarried(seen -> later().onSuccess(one -> complete(seen)));
        assertCarried(seen -> failing().onFailure(thrown -> complete(seen)));
        assertCarried(seen -> failing().onComplete(one -> {}, thrown -> complete(seen)));
        assertCarried(seen -> later().andThen(result -> complete(seen)));
        assertCarried(seen -> later().map(one -> {
            complete(seen);
            return one;
        }));
        assertCarried(seen -> later().compose(one -> {
            complete(seen);
            return Future.succeededFuture();
        }));
        assertCarried(seen -> failing().recover(thrown -> {
            complete(seen);
            return Future.succeededFuture();
        }));
        assertCarried(seen -> failing().otherwise(thrown -> {
            complete(seen);
            return null;
        }));
        assertCarried(seen -> later().transform(result -> {
            complete(seen);
            return Future.succeededFuture();
        }));
    }

    @Test
    @Tag("traced-async")
    void listenersOfFuturesThatAreCompleteAlready() throws Exception {
        assertCarried(seen -> Future.succeededFuture(1).onSuccess(one -> complete(seen)));
        assertCarried(seen -> Future.succeededFuture(1).compose(one -> {
            complete(seen);
            return Future.succeededFuture();
        }));
        assertCarried(seen -> Future.failedFuture("no").onFailure(thrown -> complete(seen)));
    }

    /** Completes on an event loop, which nothing has caused. */
    private Future<Integer> later() {
        Promise<Integer> promise = Promise.promise();
        completeOnTheLoop(() -> promise.complete(1));
        return promise.future();
    }

    private Future<Integer> failing() {
        Promise<Integer> promise = Promise.promise();
        completeOnTheLoop(() -> promise.fail("no"));
        return promise.future();
    }

    private void completeOnTheLoop(Runnable completion) {
        Object outer = Hooks.enter(null);
        try {
            vertx.setTimer(1, id -> completion.run());
        } finally {
            Hooks.exit(outer);
        }
    }
}
