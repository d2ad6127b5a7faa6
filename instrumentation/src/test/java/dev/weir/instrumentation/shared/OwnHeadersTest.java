package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnHeadersTest {

    private static final OwnHeaders.Carrier<Map<String, String>, String> MAP = new OwnHeaders.Carrier<>() {
        @Override
        public @Nullable String present(Map<String, String> request, String name) {
            return request.get(name);
        }

        @Override
        public String set(Map<String, String> request, String name, String value, @Nullable String before) {
            assertEquals(before, request.put(name, value));
            return value;
        }

        @Override
        public void restore(Map<String, String> request, String name, String before) {
            request.put(name, before);
        }

        @Override
        public void remove(Map<String, String> request, String name, String own) {
            request.remove(name, own);
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

    /** The later one is for the same name, and what stands there by then is ours. */
    @Test
    void oneNameMayBeAddedTwice() {
        headers.add("key", "first", false);
        headers.add("Key", "second", false);
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < 2; i++) {
            headers.put(anyCase);
            assertEquals("second", anyCase.get("key"));
            assertEquals("second", headers.value("key"));
            headers.takeBack();
            assertEquals(Map.of(), anyCase);
        }
    }

    @Test
    void whatStandsInItsPlaceAfterwardsStays() {
        headers.add("key", "ours", false);
        headers.put(request);
        request.put("key", "theirs");
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

    @Test
    void allValuesOfANameComeBack() {
        OwnHeaders.Values<Map<String, List<String>>> values = new OwnHeaders.Values<>() {
            @Override
            public List<String> all(Map<String, List<String>> carrier, String name) {
                return carrier.getOrDefault(name, List.of());
            }

            @Override
            public void set(Map<String, List<String>> carrier, String name, List<String> all) {
                if (all.isEmpty()) carrier.remove(name);
                else carrier.put(name, all);
            }
        };
        OwnHeaders<Map<String, List<String>>, List<String>> listed = new OwnHeaders<>(values);
        Map<String, List<String>> carrier = new HashMap<>(Map.of("baggage", new ArrayList<>(List.of("a=1", "b=2"))));
        listed.add("baggage", "a=1,b=2,ours=3", true);
        listed.add("traceparent", "00-1", false);
        listed.put(carrier);
        assertEquals(Map.of("baggage", List.of("a=1,b=2,ours=3"), "traceparent", List.of("00-1")), carrier);
        listed.takeBack();
        assertEquals(Map.of("baggage", List.of("a=1", "b=2")), carrier);
    }
}
