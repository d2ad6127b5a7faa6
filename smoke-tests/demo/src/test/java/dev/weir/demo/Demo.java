package dev.weir.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the shop once per mode and prints what happened. */
public final class Demo {
    private static final String RULE = "─".repeat(96);

    private final Options options;
    private final PrintStream screen;
    private @Nullable Traces traces;

    private Demo(Options options, PrintStream screen) {
        this.options = options;
        this.screen = screen;
    }

    public static void main(String[] arguments) throws IOException, SQLException, InterruptedException {
        PrintStream screen = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int exitCode = 0;
        Cleanup cleanup = new Cleanup();
        try (cleanup) {
            new Demo(Options.parse(arguments), screen).run(cleanup);
        } catch (StepFailed e) {
            if (!cleanup.interrupted()) {
                System.err.println("demo: " + e.getMessage());
            }
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private void run(Cleanup cleanup) throws IOException, SQLException, StepFailed, InterruptedException {
        screen.println("A shop of three JVMs: an agent, whose tools call a worker, which calls a payment provider.");
        screen.println("Its code knows nothing of Weir. The provider is having a bad day.");
        Files.createDirectories(options.output());
        Database database = cleanup.add(Database.start(options.output().resolve("postgres")));
        ModelServer model = cleanup.add(new ModelServer());
        List<Outcome> outcomes = new ArrayList<>();
        for (Mode mode : options.modes()) {
            screen.println("\n" + RULE + "\n" + mode.word + ": " + mode.meaning + "\n" + RULE);
            Traces traces = mode == Mode.WITHOUT ? null : serve(cleanup);
            ShopRun run = new ShopRun(options, mode, traces, cleanup);
            Outcome outcome = run.play(model.url(), database.create("shop_" + mode.word));
            print(outcome);
            outcomes.add(outcome);
        }
        screen.println(RULE + "\n" + new Comparison(outcomes));
        screen.println("What each process printed and logged: " + options.output());
    }

    private Traces serve(Cleanup cleanup) throws IOException, StepFailed, InterruptedException {
        Traces traces = this.traces;
        if (traces == null) {
            traces = Traces.start(options, cleanup);
            this.traces = traces;
        }
        return traces;
    }

    private void print(Outcome outcome) {
        for (int i = 0; i < outcome.stories().size(); i++) {
            Outcome.Story story = outcome.stories().get(i);
            screen.println("customer  " + story.request());
            screen.println("agent     " + story.answer() + "\n");
            if (i < outcome.chains().size()) {
                screen.println(outcome.chains().get(i).tree());
            }
        }
    }
}
