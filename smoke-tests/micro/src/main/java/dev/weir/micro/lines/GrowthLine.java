package dev.weir.micro.lines;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a call costs when there is much to remember, next to when there is little. */
final class GrowthLine {

    private static final double MOST = 1.2;

    private GrowthLine() {}

    static List<Row> measure(Effort effort) throws IOException, InterruptedException {
        int runs = effort == Effort.FULL ? 7 : effort == Effort.QUICK ? 3 : 1;
        int warmUpSeconds = effort == Effort.FULL ? 6 : effort == Effort.QUICK ? 4 : 0;
        int batches = effort == Effort.FULL ? 15 : effort == Effort.QUICK ? 7 : 2;
        List<Said> said = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            said.add(Child.run(
                    List.of("-Xms512m", "-Xmx512m"),
                    GrowthCalls.class,
                    List.of(warmUpSeconds + "", batches + ""),
                    word -> {}));
        }
        return List.of(
                row("ns per call, 10,000 live roots", said, "ns-roots"),
                row("B per call, 10,000 live roots", said, "bytes-roots"),
                row("ns per call, 4,096 operations in a root", said, "ns-operations"),
                row("B per call, 4,096 operations in a root", said, "bytes-operations"));
    }

    private static Row row(String measure, List<Said> said, String word) {
        return Row.atMost("growth", measure, sample(said, word + "-many"), "one", sample(said, word + "-one"), MOST);
    }

    private static Sample sample(List<Said> said, String word) {
        return Sample.of(said.stream().mapToDouble(run -> run.get(word)).toArray());
    }
}
