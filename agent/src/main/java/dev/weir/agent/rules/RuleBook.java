package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The rules and their modes, which can change at any time. */
public final class RuleBook {

    private final Rule[] rules;
    private final AtomicReferenceArray<Mode> modes;

    /** All rules start in observe. */
    public RuleBook(List<Rule> rules) {
        this.rules = rules.toArray(new Rule[0]);
        this.modes = new AtomicReferenceArray<>(this.rules.length);
        for (int i = 0; i < this.rules.length; i++) modes.set(i, Mode.OBSERVE);
    }

    /** Judges an attempt that is about to begin by every rule that is not off. */
    public Judgement judge(Attempt attempt, long nowNanos) {
        Judgement.Builder judgement = new Judgement.Builder();
        for (int i = 0; i < rules.length; i++) {
            Mode mode = modes.get(i);
            if (mode != Mode.OFF) judgement.add(rules[i], mode, rules[i].judge(attempt, nowNanos));
        }
        return judgement.build();
    }

    /** Judges a repetition that a library makes by itself. */
    public Judgement judgeResend(Attempt attempt, int resends) {
        Judgement.Builder judgement = new Judgement.Builder();
        for (int i = 0; i < rules.length; i++) {
            Mode mode = modes.get(i);
            if (mode != Mode.OFF) judgement.add(rules[i], mode, rules[i].judgeResend(attempt, resends));
        }
        return judgement.build();
    }

    /** Tells every rule that is not off what became of an attempt; collects what a person should know. */
    public @Nullable List<Finding> ended(Attempt attempt, Rule.Answer answer, long nowNanos) {
        List<Finding> findings = null;
        for (int i = 0; i < rules.length; i++) {
            if (modes.get(i) == Mode.OFF) continue;
            String note = rules[i].ended(attempt, answer, nowNanos);
            if (note == null) continue;
            if (findings == null) findings = new ArrayList<>(1);
            findings.add(new Finding(rules[i].name(), "flag", note, true));
        }
        return findings;
    }

    /** Tells every rule that is not off that an attempt has not taken place. */
    public void dropped(Attempt attempt, long nowNanos) {
        for (int i = 0; i < rules.length; i++) {
            if (modes.get(i) != Mode.OFF) rules[i].dropped(attempt, nowNanos);
        }
    }

    /** How many headers the rules found absurd, and ignored. */
    public long malformed() {
        long malformed = 0;
        for (Rule rule : rules) malformed += rule.malformed();
        return malformed;
    }

    /** The rules' names in their order. */
    public List<String> names() {
        List<String> names = new ArrayList<>(rules.length);
        for (Rule rule : rules) names.add(rule.name());
        return names;
    }

    /** A rule's mode; {@code null} when there is no such rule. */
    public @Nullable Mode mode(String name) {
        for (int i = 0; i < rules.length; i++) {
            if (rules[i].name().equals(name)) return modes.get(i);
        }
        return null;
    }

    /**
     * Switches a rule; takes effect with the next attempt.
     *
     * @return whether there is such a rule
     */
    public boolean mode(String name, Mode mode) {
        for (int i = 0; i < rules.length; i++) {
            if (rules[i].name().equals(name)) {
                modes.set(i, mode);
                return true;
            }
        }
        return false;
    }
}
