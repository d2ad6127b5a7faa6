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
            Sample weir = samples.apply(Agent.WEIR).minus(none);
            Sample other = samples.apply(peer).minus(none);
            if (other.min() > 0) {
                String measured = String.format(Locale.ROOT, "%.2f", weir.median() / other.median());
                boolean holds = weir.median() <= share * other.median();
                return new Verdict(holds ? Outcome.HOLDS : Outcome.MISSED, "", measured);
            }
            // A ratio to a difference that cannot be told from noise would be noise.
            if (weir.min() > 0) {
                return new Verdict(Outcome.MISSED, peer.title() + "'s cost does not show in every round", "–");
            }
            return new Verdict(Outcome.UNDECIDED, "no cost shows in every round", "–");
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
            Sample added = samples.apply(Agent.WEIR).minus(samples.apply(base));
            String measured = Report.number(added.median());
            if (added.median() <= limit) {
                return new Verdict(Outcome.HOLDS, "", measured);
            }
            if (added.min() > 0) {
                return new Verdict(Outcome.MISSED, "", measured);
            }
            return new Verdict(Outcome.UNDECIDED, "not more than with " + base.title() + " in every round", measured);
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
