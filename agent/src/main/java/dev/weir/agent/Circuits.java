package dev.weir.agent;

import dev.weir.agent.ledger.Breakers;
import dev.weir.agent.rules.Mode;
import dev.weir.agent.rules.RuleBook;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The circuits to destinations, as metrics and JMX tell them. While the rule is off nobody keeps them, and there are none. */
final class Circuits {

    private static final String RULE = "circuit-breaker";

    private final RuleBook rules;
    private final Breakers breakers;

    Circuits(RuleBook rules, Breakers breakers) {
        this.rules = rules;
        this.breakers = breakers;
    }

    private Map<String, Breakers.State> states() {
        return rules.mode(RULE) == Mode.OFF ? Map.of() : breakers.opened(System.nanoTime());
    }

    /** 0 closed, 1 half open, 2 open, for each destination whose circuit has opened. */
    Map<String, Long> numbers() {
        Map<String, Long> numbers = new TreeMap<>();
        states().forEach((destination, state) -> numbers.put(destination, state.number()));
        return numbers;
    }

    /** Such as {@code payments:8080 open}, for each circuit that is not closed. */
    String[] words() {
        return states().entrySet().stream()
                .filter(each -> each.getValue() != Breakers.State.CLOSED)
                .map(each -> each.getKey() + " "
                        + each.getValue().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .sorted()
                .toArray(String[]::new);
    }
}
