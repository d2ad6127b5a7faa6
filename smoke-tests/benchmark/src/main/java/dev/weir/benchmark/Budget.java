package dev.weir.benchmark;

import dev.weir.benchmark.Verdict.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What Weir may cost. */
sealed interface Budget {

    /** Whose runs are needed to decide. */
    List<Agent> agents();

    /** Decides from runs of one metric of one line, of all of {@link #agents}. */
    Verdict judge(Function<Agent, Sample> samples);

    /** At most that share of what another agent adds to a program without one. */
    record ShareOf(Agent peer, double share) implements Budget {

        @Override
        public List<Agent> agents() {
            return List.of(Agent.NONE, Agent.WEIR, peer);
        }

        @Override
        public Verdict judge(Function<Agent, Sample> samples) {
            Sample none = samples.apply(Agent.NONE);
            Sample weir = samples.apply(Agent.WEIR);
            Sample other = samples.apply(peer);
            if (other.showsAbove(none)) {
                double addedByWeir = weir.minus(none).median();
                double addedByOther = other.minus(none).median();
                String measured = String.format(Locale.ROOT, "%.2f", addedByWeir / addedByOther);
                return new Verdict(addedByWeir <= share * addedByOther ? Outcome.HOLDS : Outcome.MISSED, "", measured);
            }
            // A ratio to a difference that cannot be told from noise would be noise.
            if (weir.showsAbove(none)) {
                return new Verdict(Outcome.MISSED, peer.title() + "'s cost does not show above the noise", "–");
            }
            return new Verdict(Outcome.UNDECIDED, "no cost shows above the noise", "–");
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "≤ %.2f × %s's added", share, peer.title());
        }
    }

    /** At most that much more than with another agent or none, in the metric's own unit. */
    record AddedTo(Agent base, double limit) implements Budget {

        @Override
        public List<Agent> agents() {
            return List.of(base, Agent.WEIR);
        }

        @Override
        public Verdict judge(Function<Agent, Sample> samples) {
            Sample without = samples.apply(base);
            Sample weir = samples.apply(Agent.WEIR);
            double added = weir.minus(without).median();
            String measured = Report.number(added);
            if (added <= limit) {
                return new Verdict(Outcome.HOLDS, "", measured);
            }
            if (weir.showsAbove(without)) {
                return new Verdict(Outcome.MISSED, "", measured);
            }
            return new Verdict(Outcome.UNDECIDED, "no cost shows above the noise of " + base.title(), measured);
        }

        @Override
        public String toString() {
            return "≤ " + Report.number(limit) + (base == Agent.NONE ? " added" : " added to " + base.title());
        }
    }

    /** Not above the highest run without an agent. */
    record InsideTheSpread() implements Budget {

        @Override
        public List<Agent> agents() {
            return List.of(Agent.NONE, Agent.WEIR);
        }

        @Override
        public Verdict judge(Function<Agent, Sample> samples) {
            Sample none = samples.apply(Agent.NONE);
            Sample weir = samples.apply(Agent.WEIR);
            Outcome outcome = weir.median() <= none.max() ? Outcome.HOLDS : Outcome.MISSED;
            return new Verdict(outcome, "", Report.number(weir.minus(none).median()));
        }

        @Override
        public String toString() {
            return "inside the no-agent spread";
        }
    }

    /** As much of something good as with another agent. */
    record AsManyAs(Agent other) implements Budget {

        @Override
        public List<Agent> agents() {
            return List.of(other, Agent.WEIR);
        }

        @Override
        public Verdict judge(Function<Agent, Sample> samples) {
            double more = samples.apply(Agent.WEIR).minus(samples.apply(other)).median();
            return new Verdict(more >= 0 ? Outcome.HOLDS : Outcome.MISSED, "", Report.number(more));
        }

        @Override
        public String toString() {
            return "as many as with the " + other.title();
        }
    }
}
