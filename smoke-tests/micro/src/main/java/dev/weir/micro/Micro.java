package dev.weir.micro;

import java.io.File;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the micro-benchmarks, with the time and the bytes of each operation. Arguments are those of JMH. */
public final class Micro {

    private Micro() {}

    public static void main(String[] args) throws CommandLineOptionException, RunnerException {
        String given = System.getProperty("jmh", "").strip();
        String[] options = args.length > 0 || given.isEmpty() ? args : given.split("\\s+");
        CommandLineOptions chosen = new CommandLineOptions(options);
        ChainedOptionsBuilder builder = new OptionsBuilder()
                .parent(chosen)
                .addProfiler(GCProfiler.class, "churn=false")
                .jvmArgsPrepend(SunNetAccess.ARGUMENTS)
                .resultFormat(ResultFormatType.JSON)
                .result(System.getProperty("micro.directory", ".") + File.separator + "jmh.json");
        if (Boolean.getBoolean("quick")) {
            if (!chosen.getForkCount().hasValue()) builder.forks(1);
            if (!chosen.getWarmupIterations().hasValue()) builder.warmupIterations(5);
            if (!chosen.getMeasurementIterations().hasValue()) builder.measurementIterations(3);
            if (!chosen.getWarmupTime().hasValue()) builder.warmupTime(TimeValue.seconds(1));
            if (!chosen.getMeasurementTime().hasValue()) builder.measurementTime(TimeValue.milliseconds(500));
        }
        new Runner(builder.build()).run();
    }
}
