package dev.weir.agent;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;

/**
 * The way into weir.jar: as an agent at start, as an agent attached later, and as a command.
 *
 * <p>Compiled for Java 8, so that an older JVM gets a sentence and not an error. Whatever goes wrong here, the
 * application starts.
 */
public final class WeirAgent {

    private static final int OLDEST = 17;
    private static final String STARTED = "weir.started";
    private static final String FAILED = "failed";

    private WeirAgent() {}

    /** {@code -javaagent:weir.jar}. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        start(arguments, instrumentation, false);
    }

    /** Attached to a running JVM. */
    public static void agentmain(String arguments, Instrumentation instrumentation) {
        start(arguments, instrumentation, true);
    }

    private static void start(String arguments, Instrumentation instrumentation, boolean attached) {
        try {
            if (isOff()) return;
            if (isTooOld()) {
                System.err.println("weir: needs Java " + OLDEST + " or later, this is Java "
                        + System.getProperty("java.specification.version")
                        + "; the application runs without Weir");
                return;
            }
            Object before = System.getProperties().putIfAbsent(STARTED, "true");
            if (before != null) {
                System.err.println(
                        FAILED.equals(before)
                                ? "weir: could not start in this JVM before, and does not try again; restart the JVM"
                                : "weir: is already there; the second -javaagent or attach changes nothing");
                return;
            }
            loader().loadClass("dev.weir.agent.AgentStartup")
                    .getMethod("start", String.class, Instrumentation.class, boolean.class)
                    .invoke(null, arguments, instrumentation, attached);
        } catch (InvocationTargetException e) {
            say(e.getCause());
        } catch (Throwable t) {
            say(t);
        }
    }

    private static void say(Throwable cause) {
        System.setProperty(STARTED, FAILED);
        System.err.println("weir: cannot start, the application runs without Weir: " + cause);
        if ("debug".equals(System.getProperty("weir.log"))) cause.printStackTrace();
    }

    private static boolean isOff() {
        String enabled = System.getProperty("weir.enabled");
        if (enabled == null) enabled = System.getenv("WEIR_ENABLED");
        return "false".equalsIgnoreCase(enabled) || "off".equalsIgnoreCase(enabled);
    }

    private static boolean isTooOld() {
        String version = System.getProperty("java.specification.version");
        if (version.startsWith("1.")) return true;
        try {
            return Integer.parseInt(version) < OLDEST;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static AgentClassLoader loader() throws Exception {
        URL location = WeirAgent.class.getProtectionDomain().getCodeSource().getLocation();
        return new AgentClassLoader(
                new File(location.toURI()), ClassLoader.getSystemClassLoader().getParent());
    }

    /** {@code java -jar weir.jar …}. */
    public static void main(String[] arguments) throws Exception {
        if (isTooOld()) {
            System.err.println("weir: needs Java " + OLDEST + " or later, this is Java "
                    + System.getProperty("java.specification.version"));
            System.exit(2);
        }
        AgentClassLoader loader = loader();
        Thread.currentThread().setContextClassLoader(loader);
        Object code = loader.loadClass("dev.weir.agent.cli.WeirCommand")
                .getMethod("run", String[].class)
                .invoke(null, (Object) arguments);
        System.exit((Integer) code);
    }
}
