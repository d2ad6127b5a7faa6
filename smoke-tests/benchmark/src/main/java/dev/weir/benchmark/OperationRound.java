package dev.weir.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one line, one with each agent, driven in turn: so what the machine does meanwhile happens to all of
 * them.
 */
final class OperationRound {

    private final JavaCommand java;
    private final Pace pace;
    private final URI target;
    private final Path directory;

    OperationRound(JavaCommand java, Pace pace, URI target, Path directory) {
        this.java = java;
        this.pace = pace;
        this.target = target;
        this.directory = directory;
    }

    /** Results in the order of the runs, which are all of one line. One that fails does not end the others. */
    List<RunResult> run(List<RunPlan.Run> runs) throws InterruptedException {
        List<Participant> all = runs.stream().map(Participant::new).toList();
        try {
            // Neither this nor the end is measured, and agents wait for themselves then.
            together(all, Participant::start);
            List<String> complaints;
            try (Core core = new Core()) {
                each(all, process -> core.take(process.process()));
                // Warmed up there too: many more calls in the same time. Compilers of the others go on meanwhile.
                while (all.stream().anyMatch(Participant::isCold)) {
                    each(all, DrivenProcess::warmUp);
                }
                each(all, DrivenProcess::connect);
                List<Participant> order = new ArrayList<>(all);
                for (int i = 0; i < pace.turns(); i++) {
                    Collections.shuffle(order);
                    each(order, DrivenProcess::turn);
                }
                each(all, DrivenProcess::endTurn);
                complaints = core.complaints();
            }
            together(all, participant -> participant.end(complaints));
            return all.stream()
                    .map(participant -> Objects.requireNonNull(participant.result))
                    .toList();
        } finally {
            all.forEach(Participant::close);
        }
    }

    /** Takes a step with each of them at the same time, and waits for all. */
    private static void together(List<Participant> participants, Step<Participant> step) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Participant participant : participants) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            step.take(participant);
                        } catch (IOException | InterruptedException | RuntimeException e) {
                            participant.failed(e);
                        }
                    },
                    participant.run.name());
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void each(List<Participant> participants, Step<DrivenProcess> step) throws InterruptedException {
        for (Participant participant : participants) {
            participant.take(step);
        }
    }

    private interface Step<T> {
        void take(T subject) throws IOException, InterruptedException;
    }

    /** A process as long as it runs, and what it showed. */
    private final class Participant {

        private final RunPlan.Run run;
        private final Path errors;
        private @Nullable DrivenProcess process;
        private @Nullable RunResult result;

        Participant(RunPlan.Run run) {
            this.run = run;
            this.errors = directory.resolve(run.name() + ".err");
        }

        void start() throws IOException, InterruptedException {
            process = new DrivenProcess(java, pace, target, run.line(), run.agent(), errors);
        }

        void end(List<String> complaints) throws InterruptedException {
            take(ended -> result = ended.result(complaints));
        }

        boolean isCold() {
            return process != null && !process.isWarm();
        }

        /** Does nothing with one that failed before. */
        void take(Step<DrivenProcess> step) throws InterruptedException {
            if (process != null) {
                try {
                    step.take(process);
                } catch (IOException e) {
                    failed(e);
                }
            }
        }

        private void failed(Exception e) {
            String objection = e.getMessage() == null ? e.toString() : e.getMessage();
            result = RunResult.failed(run.line(), run.agent(), objection + AgentErrors.lastLine(errors));
            close();
        }

        void close() {
            if (process != null) {
                try {
                    process.close();
                } catch (IOException e) {
                    System.err.println("benchmark: a socket would not close: " + e);
                }
                process = null;
            }
        }
    }
}
