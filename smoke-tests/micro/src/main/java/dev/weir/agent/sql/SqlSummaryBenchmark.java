package dev.weir.agent.sql;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What is told of a statement, known or new. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
public class SqlSummaryBenchmark {

    private static final String TEXT =
            "select o.id, o.total, c.name from orders o join customers c on c.id = o.customer"
                    + " where o.id = ? and c.region = ?";
    private static final int TEXTS = 4_096;

    private final String[] texts = new String[TEXTS];
    private int at;

    public SqlSummaryBenchmark() {
        for (int i = 0; i < TEXTS; i++) texts[i] = TEXT + " and o.number = " + (100_000 + i);
    }

    @Benchmark
    public SqlSummary remembered() {
        return SqlSummary.of(TEXT);
    }

    /** Each comes again only when it has been forgotten; what remembering costs is in it. */
    @Benchmark
    public SqlSummary forgotten() {
        return SqlSummary.of(texts[at++ & (TEXTS - 1)]);
    }

    /** The reading alone. */
    @Benchmark
    public SqlSummary read() {
        return StatementReader.read(TEXT, Dialect.STANDARD);
    }
}
