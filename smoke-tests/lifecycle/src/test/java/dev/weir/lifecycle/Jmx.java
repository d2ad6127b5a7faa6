package dev.weir.lifecycle;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.weir.incidents.harness.Program;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A connection to a program's beans, as {@code jconsole} makes one. */
final class Jmx implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    Jmx(Program program) throws IOException, AttachNotSupportedException {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(program.pid()));
        String address = machine.startLocalManagementAgent();
        machine.detach();
        connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
        server = connector.getMBeanServerConnection();
    }

    Object count(String name) throws IOException, JMException {
        return server.getAttribute(new ObjectName("dev.weir:type=Agent"), name);
    }

    /** The rules that have a bean. */
    Set<String> rules() throws IOException, JMException {
        Set<String> rules = new TreeSet<>();
        for (ObjectName bean : server.queryNames(new ObjectName("dev.weir:type=Rule,*"), null)) {
            rules.add(bean.getKeyProperty("name"));
        }
        return rules;
    }

    Object attribute(String rule, String name) throws IOException, JMException {
        return server.getAttribute(new ObjectName("dev.weir:type=Rule,name=" + rule), name);
    }

    String mode(String rule) throws IOException, JMException {
        return (String) attribute(rule, "Mode");
    }

    void mode(String rule, String mode) throws IOException, JMException {
        server.setAttribute(new ObjectName("dev.weir:type=Rule,name=" + rule), new Attribute("Mode", mode));
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // The program has ended before.
        }
    }
}
