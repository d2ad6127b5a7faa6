package dev.weir.agent.cli.jvm;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import com.sun.tools.attach.VirtualMachineDescriptor;
import dev.weir.agent.cli.CommandFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/** Another JVM of this machine and this user, over the attach mechanism and JMX. */
final class RunningJvm implements AutoCloseable {

    private static final String DOMAIN = "dev.weir:";
    private static final String STARTED = "weir.started";

    private final String pid;
    private final VirtualMachine machine;
    private @Nullable JMXConnector connector;

    private RunningJvm(String pid, VirtualMachine machine) {
        this.pid = pid;
        this.machine = machine;
    }

    /** @throws CommandFailure with a sentence for a person */
    static RunningJvm of(String pid) {
        try {
            return new RunningJvm(pid, VirtualMachine.attach(pid));
        } catch (AttachNotSupportedException | IOException e) {
            boolean exists = pid.matches("[0-9]+")
                    && ProcessHandle.of(Long.parseLong(pid)).isPresent();
            throw new CommandFailure(
                    exists
                            ? "process " + pid + " cannot be attached to (" + e.getMessage()
                                    + "). It must be a JVM of the same user, in the same container, without"
                                    + " -XX:+DisableAttachMechanism."
                            : "there is no process " + pid
                                    + ". 'java -jar weir.jar doctor' lists the JVMs of this user.");
        } catch (NoClassDefFoundError e) {
            throw withoutTools();
        }
    }

    private static CommandFailure withoutTools() {
        return new CommandFailure("this Java (" + System.getProperty("java.home")
                + ") has no module jdk.attach. Run the command with a JDK of the same version or later.");
    }

    /** A JVM of this user. */
    record Listed(String pid, String name) {}

    /** The JVMs of this user, but this one. */
    static List<Listed> all() {
        try {
            List<Listed> all = new ArrayList<>();
            String own = Long.toString(ProcessHandle.current().pid());
            for (VirtualMachineDescriptor each : VirtualMachine.list()) {
                if (!each.id().equals(own)) all.add(new Listed(each.id(), each.displayName()));
            }
            return all;
        } catch (NoClassDefFoundError e) {
            throw withoutTools();
        }
    }

    /**
     * Says why there is no Weir to speak to.
     *
     * @throws CommandFailure when Weir is not there, or does not show itself over JMX
     */
    void checkWeir() {
        if (hasFailed()) {
            throw new CommandFailure("Weir could not start in process " + pid + "; its stderr says why.");
        }
        if (!hasWeir()) {
            throw new CommandFailure("Weir is not in process " + pid + ". Start it there: java -jar weir.jar attach "
                    + pid + ", or -javaagent:weir.jar at its next start.");
        }
        if (!isManaged()) {
            throw new CommandFailure("Weir in process " + pid
                    + " does not show itself over JMX: weir.instrumentation.management is off there.");
        }
    }

    /** Whether Weir has started there. */
    boolean hasWeir() {
        return "true".equals(property(STARTED));
    }

    /** Whether Weir tried to start there and could not. */
    boolean hasFailed() {
        return "failed".equals(property(STARTED));
    }

    /** A system property of that JVM. */
    @Nullable
    String property(String name) {
        try {
            Properties properties = machine.getSystemProperties();
            return properties.getProperty(name);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private CommandFailure gone(Exception e) {
        return new CommandFailure("process " + pid + " does not answer any more: " + e.getMessage());
    }

    /** Starts an agent there. */
    void load(String jar, String arguments) {
        try {
            machine.loadAgent(jar, arguments);
        } catch (AgentLoadException e) {
            throw new CommandFailure("process " + pid + " does not let agents in (" + e.getMessage()
                    + "). Was it started with -XX:-EnableDynamicAgentLoading? Use -javaagent at its next start.");
        } catch (AgentInitializationException e) {
            throw new CommandFailure(
                    "Weir did not start in process " + pid + " (" + e.getMessage() + "); its stderr says why.");
        } catch (IOException e) {
            throw gone(e);
        }
    }

    // The address comes from that JVM itself, over the attach mechanism.
    @SuppressWarnings("BanJNDI")
    private MBeanServerConnection beans() {
        try {
            JMXConnector open = connector;
            if (open == null) {
                open = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
                connector = open;
            }
            return open.getMBeanServerConnection();
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** Whether Weir shows itself over JMX there. */
    boolean isManaged() {
        try {
            return beans().isRegistered(name("type=Agent"));
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** The names of its rules; empty when Weir does not show itself. */
    List<String> rules() {
        try {
            List<String> rules = new ArrayList<>();
            for (ObjectName name : beans().queryNames(name("type=Rule,name=*"), null)) {
                rules.add(name.getKeyProperty("name"));
            }
            rules.sort(null);
            return rules;
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** An attribute of the agent; {@code null} when it is older than the attribute. */
    @Nullable
    Object agent(String attribute) {
        return get(name("type=Agent"), attribute);
    }

    /** An attribute of a rule; {@code null} when the agent is older than the attribute. */
    @Nullable
    Object rule(String rule, String attribute) {
        return get(name("type=Rule,name=" + rule), attribute);
    }

    /** A list of composite values; empty when the agent is older than the attribute. */
    static CompositeData[] rows(@Nullable Object value) {
        return value instanceof CompositeData[] rows ? rows : new CompositeData[0];
    }

    private @Nullable Object get(ObjectName bean, String attribute) {
        try {
            return beans().getAttribute(bean, attribute);
        } catch (JMException e) {
            return null;
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** Switches a rule. */
    void mode(String rule, String mode) {
        try {
            beans().setAttribute(name("type=Rule,name=" + rule), new javax.management.Attribute("Mode", mode));
        } catch (JMException e) {
            throw new CommandFailure("process " + pid + " refuses mode " + mode + ": " + e.getMessage());
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private static ObjectName name(String key) {
        try {
            return new ObjectName(DOMAIN + key);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(key, e);
        }
    }

    @Override
    public void close() {
        try {
            if (connector != null) connector.close();
            machine.detach();
        } catch (IOException e) {
            // It has ended meanwhile.
        }
    }
}
