package dev.weir.instrumentation.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.instrumentation.testing.Woven;
import jakarta.jms.MessageListener;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.listener.AbstractMessageListenerContainer;
import org.springframework.jms.listener.DefaultMessageListenerContainer;
import org.springframework.jms.listener.SimpleMessageListenerContainer;

/** Spring's listener containers, on which {@code @JmsListener} stands, and its template. */
@Timeout(60)
class SpringJmsTest {

    @RegisterExtension
    static final Woven WOVEN = new Woven(new JmsInstrumentation());

    @RegisterExtension
    static final ArtemisBroker BROKER = new ArtemisBroker("");

    private final String name = "orders-" + UUID.randomUUID();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private void send(String... texts) {
        CachingConnectionFactory cached = new CachingConnectionFactory(BROKER.factory());
        JmsTemplate template = new JmsTemplate(cached);
        for (String text : texts) template.convertAndSend(name, text);
        cached.destroy();
    }

    /** Listens until it has heard so often. */
    private void listen(AbstractMessageListenerContainer container, MessageListener listener, CountDownLatch heard)
            throws Exception {
        container.setConnectionFactory(BROKER.factory());
        container.setDestinationName(name);
        container.setMessageListener(listener);
        container.afterPropertiesSet();
        container.start();
        try {
            assertTrue(heard.await(20, TimeUnit.SECONDS), seen::toString);
        } finally {
            container.destroy();
        }
    }

    private static String here() {
        return Hooks.capture() == null ? "outside" : "inside";
    }

    private List<String> processed() {
        return WOVEN.agent().events().stream()
                .filter(event -> event.contains("processed"))
                .map(event -> event.replace("processed " + name, "Q"))
                .toList();
    }

    private List<Integer> deliveries() {
        return WOVEN.agent().begun().stream()
                .filter(facts -> facts.kind() == CallFacts.Kind.MESSAGE_RECEIVE)
                .map(facts -> ((MessageFacts) facts).delivery())
                .toList();
    }

    private MessageListener listener(CountDownLatch heard) {
        return message -> {
            seen.add(here());
            heard.countDown();
            if (heard.getCount() == 1) throw new IllegalStateException("once");
        };
    }

    @Test
    @Tag("traced-sync")
    void eachMessageOfAContainerThatReceivesIsAScope() throws Exception {
        send("a", "b", "c");
        CountDownLatch heard = new CountDownLatch(3);
        MessageListener quiet = message -> {
            seen.add(here());
            heard.countDown();
        };
        listen(new DefaultMessageListenerContainer(), quiet, heard);
        WOVEN.agent().awaitEnds(6);
        assertEquals(List.of("inside", "inside", "inside"), seen);
        assertEquals(List.of("begin Q", "end Q", "begin Q", "end Q", "begin Q", "end Q"), processed());
    }

    @Test
    @Tag("attempts")
    void whatIsRolledBackComesAgain() throws Exception {
        send("a");
        DefaultMessageListenerContainer container = new DefaultMessageListenerContainer();
        container.setSessionTransacted(true);
        CountDownLatch heard = new CountDownLatch(2);
        listen(container, listener(heard), heard);
        WOVEN.agent().awaitEnds(3);
        assertEquals(List.of("inside", "inside"), seen);
        assertEquals(List.of("begin Q", "end Q rollback IllegalStateException", "begin Q", "end Q"), processed());
        assertEquals(List.of(1, 2), deliveries());
    }

    @Test
    @Tag("other")
    void whatAListenerThrowsIsKnownThoughNothingComesAgain() throws Exception {
        send("a", "b");
        CountDownLatch heard = new CountDownLatch(2);
        listen(new DefaultMessageListenerContainer(), listener(heard), heard);
        WOVEN.agent().awaitEnds(4);
        assertEquals(List.of("begin Q", "end Q IllegalStateException", "begin Q", "end Q"), processed());
    }

    @Test
    @Tag("traced-async")
    void eachMessageOfAContainerThatListensIsAScope() throws Exception {
        send("a");
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer();
        container.setSessionTransacted(true);
        CountDownLatch heard = new CountDownLatch(2);
        listen(container, listener(heard), heard);
        WOVEN.agent().awaitEnds(3);
        assertEquals(List.of("inside", "inside"), seen);
        assertEquals(4, processed().size(), processed()::toString);
        assertEquals("end Q", processed().get(3));
        assertEquals(List.of(1, 2), deliveries());
    }
}
