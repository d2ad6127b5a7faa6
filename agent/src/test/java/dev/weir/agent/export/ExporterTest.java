package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the exporter does with what it cannot send as it is. */
class ExporterTest {

    @Test
    void aRecordThatCannotBeEncodedIsLostAloneAndCounted() throws Exception {
        try (HttpCollector collector = new HttpCollector();
                Delivery delivery = new Delivery(Map.of(
                        "otel.exporter.otlp.endpoint", collector.endpoint(), "otel.bsp.schedule.delay", "500"))) {
            List<SpanRecord> records = new ArrayList<>();
            for (int i = 1; i <= 5; i++) records.add(Delivery.record(i));
            records.get(2).withRare().verdicts = new ArrayList<>();
            records.get(2).verdicts().add(null);
            for (SpanRecord record : records) delivery.exporter.sink().offer(record);
            delivery.await(() -> delivery.exporter.sent() + delivery.exporter.dropped() == 5, "settled");
            assertEquals(4, delivery.exporter.sent());
            assertEquals(1, delivery.exporter.dropped());
            assertEquals(1, delivery.failures());
            assertEquals(0, delivery.exporter.longHeld());
        }
    }
}
