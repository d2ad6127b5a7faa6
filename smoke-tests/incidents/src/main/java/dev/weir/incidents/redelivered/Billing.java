package dev.weir.incidents.redelivered;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Charges each order at a provider, stores the confirmation, and only then commits: what goes wrong in between is
 * delivered again. An order that has failed three times is put aside.
 */
public final class Billing {

    private static final int ORDERS = 2;
    private static final int TRIES = 3;

    private final HttpClient client = HttpClient.newHttpClient();
    private final String[] args;
    private final Map<Long, Integer> failures = new HashMap<>();
    private int done;

    private Billing(String[] args) {
        this.args = args;
    }

    /** Arguments: the broker, the topic, the provider's URL, the store's URL, and "supervised" or "alone". */
    public static void main(String[] args) throws Exception {
        Billing billing = new Billing(args);
        boolean supervised = args[4].equals("supervised");
        while (billing.done < ORDERS) {
            try {
                billing.consume();
            } catch (IOException e) {
                System.out.println("billing failed");
                if (!supervised) System.exit(1);
            }
        }
    }

    private void consume() throws IOException, InterruptedException {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                args[0],
                "group.id",
                "billing-" + args[1],
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(args[1]));
            while (done < ORDERS) {
                for (ConsumerRecord<String, String> order : consumer.poll(Duration.ofMillis(100))) {
                    bill(order);
                    consumer.commitSync(Map.of(
                            new TopicPartition(order.topic(), order.partition()),
                            new OffsetAndMetadata(order.offset() + 1)));
                    if (order.offset() == ORDERS - 1) done = ORDERS;
                }
            }
        }
    }

    private void bill(ConsumerRecord<String, String> order) throws IOException, InterruptedException {
        try {
            post(args[2], order.key() + " pays " + order.value());
            // The money has moved. Whatever goes wrong from here on, this order will be delivered again.
            post(args[3], "order " + order.offset() + " is paid");
            System.out.println("order " + order.offset() + " is paid");
        } catch (IOException e) {
            if (failures.merge(order.offset(), 1, Integer::sum) < TRIES) throw e;
            System.out.println("order " + order.offset() + " is put aside: " + e.getMessage());
        }
    }

    private void post(String url, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException(url + " answered " + response.statusCode());
    }
}
