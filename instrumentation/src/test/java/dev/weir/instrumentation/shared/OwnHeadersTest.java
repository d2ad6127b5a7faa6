package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnHeadersTest {

    private static final OwnHeaders.Carrier<Map<String, String>, String> MAP = new OwnHeaders.Carrier<>() {
        @Override
        public @Nullable String first(Map<String, String> request, String name) {
            return request.get(name);
        }

        @Override
        public void set(Map<String, String> request, String name, String value) {
            request.put(name, value);
        }

        @Override
        public void restore(Map<String, String> request, String header) {
            request.put("key", header);
        }

        @Override
        public void remove(Map<String, String> request, String name) {
            request.remove(name);
        }
    };

    private final OwnHeaders<Map<String, String>, String> headers = new OwnHeaders<>(MAP);
    private final Map<String, String> request = new HashMap<>();

    @Test
    void areOnTheRequestWhileItIsWrittenOnly() {
        headers.add("traceparent", "00-1", false);
        headers.put(request);
        assertEquals(Map.of("traceparent", "00-1"), request);
        headers.takeBack();
        assertEquals(Map.of(), request);
        headers.takeBack();
    }

    @Test
    void whatAnInterceptorSetMeanwhileStays() {
        headers.add("key", "ours", false);
        request.put("key", "theirs");
        headers.put(request);
        assertEquals(Map.of("key", "theirs"), request);
        headers.takeBack();
        assertEquals(Map.of("key", "theirs"), request);
    }

    @Test
    void whatIsReplacedComesBack() {
        request.put("key", "theirs");
        headers.add("key", "pinned", true);
        headers.put(request);
        assertEquals("pinned", request.get("key"));
        headers.takeBack();
        assertEquals("theirs", request.get("key"));
    }

    @Test
    void writtenAgainOrOnAnotherRequestTheyStandOnceAndOnlyThere() {
        headers.add("traceparent", "00-1", false);
        headers.put(request);
        headers.put(request);
        assertEquals(Map.of("traceparent", "00-1"), request);
        Map<String, String> copy = new HashMap<>();
        headers.put(copy);
        assertEquals(Map.of(), request);
        assertEquals(Map.of("traceparent", "00-1"), copy);
    }

    @Test
    void lastValueCountsWhateverTheCase() {
        headers.add("Key", "first", false);
        headers.add("key", "second", true);
        assertEquals("second", headers.value("KEY"));
        assertNull(headers.value("other"));
    }
}
