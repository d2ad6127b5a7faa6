package dev.weir.lifecycle;

/** An agent that makes what comes after it believe in another version of Java. */
public final class PretendedVersion {

    private PretendedVersion() {}

    public static void premain(String version) {
        System.setProperty("java.specification.version", version);
    }
}
