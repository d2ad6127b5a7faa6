package dev.weir.benchmark.workload;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Items of a callback that go through 20 operators and over to another thread, each with a subscription of its own in between. */
final class ReactorWorkload implements Workload {

    private final Scheduler scheduler = Schedulers.newSingle("items");

    @Override
    public void run(int operations) {
        Flux<Integer> items = Flux.create(sink -> {
            for (int i = 0; i < operations; i++) sink.next(i);
            sink.complete();
        });
        for (int i = 0; i < 9; i++) items = items.map(item -> item + 1);
        items = items.publishOn(scheduler).concatMap(item -> Mono.fromCallable(() -> item - 1));
        for (int i = 0; i < 9; i++) items = items.map(item -> item - 1);
        items.blockLast();
    }

    @Override
    public void close() {
        scheduler.dispose();
    }
}
