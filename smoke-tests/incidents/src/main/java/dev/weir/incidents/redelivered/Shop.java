package dev.weir.incidents.redelivered;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Takes two orders of the same customer for the same amount; both are wanted. */
public final class Shop {

    private Shop() {}

    /** Arguments: the broker, the topic. */
    public static void main(String[] args) throws Exception {
        try (KafkaProducer<String, String> orders = new KafkaProducer<>(
                Map.of("bootstrap.servers", args[0]), new StringSerializer(), new StringSerializer())) {
            for (int order = 0; order < 2; order++) {
                orders.send(new ProducerRecord<>(args[1], "customer 7", "10 EUR"))
                        .get();
            }
        }
        System.out.println("2 orders taken");
    }
}
