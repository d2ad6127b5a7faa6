package dev.weir.instrumentation.jms;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Artemis in this JVM, which keeps nothing on disk, for all tests of a class. */
final class ArtemisBroker implements BeforeAllCallback, AfterAllCallback {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String url = "vm://" + COUNT.incrementAndGet();
    private final EmbeddedActiveMQ server = new EmbeddedActiveMQ();
    private final ActiveMQConnectionFactory factory;
    private boolean listens;

    /** @param parameters of the clients' address, as {@code ?name=value} */
    ArtemisBroker(String parameters) {
        factory = new ActiveMQConnectionFactory(url + parameters);
    }

    ActiveMQConnectionFactory factory() {
        return factory;
    }

    /** Lets it listen on a port of the loopback address, too. */
    ArtemisBroker listening() {
        listens = true;
        return this;
    }

    int port() {
        return server.getActiveMQServer()
                .getRemotingService()
                .getAcceptor("tcp")
                .getActualPort();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        ConfigurationImpl configuration =
                new ConfigurationImpl().setPersistenceEnabled(false).setSecurityEnabled(false);
        configuration.addAcceptorConfiguration("vm", url);
        if (listens) configuration.addAcceptorConfiguration("tcp", "tcp://127.0.0.1:0");
        server.setConfiguration(configuration);
        server.start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        factory.close();
        server.stop();
    }
}
