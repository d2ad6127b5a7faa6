package dev.weir.agent.rules;

/**
 * One rule's verdict on one attempt, and what became of it.
 *
 * @param outcome the word in the attribute {@code weir.verdict.<rule>}
 */
public record Finding(String rule, String outcome, String reason, boolean notable) {}
