package dev.weir.benchmark;

import dev.weir.benchmark.Verdict.Outcome;
import java.util.Locale;

/** What Weir may add to a program without an agent. */
sealed interface Budget {

    /** Decides from runs of one metric of one line. */
    Verdict judge(Sample none, Sample weir, Sample openTelemetry);

    /** At most that share of what OpenTelemetry adds. */
    record ShareOfOpenTelemetry(double share) implements Budget {

        @Override
        public Verdict judge(Sample none, Sample weir, Sample openTelemetry) {
            double addedByWeir = weir.median() - none.median();
            double addedByOpenTelemetry = openTelemetry.median() - none.median();
            if (openTelemetry.median() > none.max()) {
                return new Verdict(addedByWeir <= share * addedByOpenTelemetry ? Outcome.HOLDS : Outcome.MISSED, "");
            }
            // A ratio to a difference that cannot be told from noise would be noise.
            if (weir.median() > none.max()) {
                return new Verdict(Outcome.MISSED, "OpenTelemetry's cost does not show above the no-agent spread");
            }
            return new Verdict(Outcome.UNDECIDED, "no cost shows above the no-agent spread");
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "≤ %.2f × OTel's added", share);
        }
    }

    /** At most that much, in the metric's own unit. */
    record AddedAtMost(double limit) implements Budget {

        @Override
        public Verdict judge(Sample none, Sample weir, Sample openTelemetry) {
            if (weir.median() - none.median() <= limit) {
                return new Verdict(Outcome.HOLDS, "");
            }
            if (weir.median() > none.max()) {
                return new Verdict(Outcome.MISSED, "");
            }
            return new Verdict(Outcome.UNDECIDED, "no cost shows above the no-agent spread");
        }

        @Override
        public String toString() {
            return "≤ " + Report.number(limit) + " added";
        }
    }
}
