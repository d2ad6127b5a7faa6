package dev.weir.agent;

/** The version of this build, for where the jar's manifest cannot be asked. */
final class Version {

    static final String TEXT = "0.1.0";

    private Version() {}
}
