package dev.weir.agent.cli.jvm;

import dev.weir.agent.cli.CommandFailure;

/** Says why a JVM has no Weir to speak to. */
final class Weirless {

    private Weirless() {}

    /** @throws CommandFailure when Weir is not there, or does not show itself over JMX */
    static void check(RunningJvm jvm) {
        String pid = jvm.pid();
        if (jvm.hasFailed()) {
            throw new CommandFailure("Weir could not start in process " + pid + "; its stderr says why.");
        }
        if (!jvm.hasWeir()) {
            throw new CommandFailure("Weir is not in process " + pid + ". Start it there: java -jar weir.jar attach "
                    + pid + ", or -javaagent:weir.jar at its next start.");
        }
        if (!jvm.isManaged()) {
            throw new CommandFailure("Weir in process " + pid
                    + " does not show itself over JMX: weir.instrumentation.management is off there.");
        }
    }
}
