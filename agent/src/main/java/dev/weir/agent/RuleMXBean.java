package dev.weir.agent;

/** One rule over JMX: {@code dev.weir:type=Rule,name=<rule>}. */
public interface RuleMXBean {

    /** The mode: off, observe or enforce. */
    String getMode();

    /** Switches the rule; takes effect with the next attempt. Lasts until the settings file changes or the JVM ends. */
    void setMode(String mode);

    /** Where the mode came from: system property, environment, settings file, JMX, default. */
    String getModeFrom();

    /** What else can be set, as it was at start. */
    RuleOption[] getOptions();
}
