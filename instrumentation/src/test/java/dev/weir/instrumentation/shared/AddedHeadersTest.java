package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddedHeadersTest {

    private static List<String> content(String[] headers) {
        return Arrays.asList(headers).subList(0, AddedHeaders.length(headers));
    }

    @Test
    void withoutAnyThereIsNothing() {
        assertEquals(0, AddedHeaders.length(AddedHeaders.NONE));
        assertNull(AddedHeaders.value(AddedHeaders.NONE, "traceparent"));
    }

    @Test
    void standInTheOrderInWhichTheyWereSet() {
        String[] headers = AddedHeaders.NONE;
        for (int i = 1; i <= 5; i++) {
            headers = AddedHeaders.set(headers, "name-" + i, "value-" + i);
            assertEquals(2 * i, AddedHeaders.length(headers));
            assertEquals("value-" + i, AddedHeaders.value(headers, "name-" + i));
        }
        assertEquals(
                List.of(
                        "name-1", "value-1", "name-2", "value-2", "name-3", "value-3", "name-4", "value-4", "name-5",
                        "value-5"),
                content(headers));
        assertNull(AddedHeaders.value(headers, "name-6"));
        assertEquals(0, AddedHeaders.NONE.length);
    }

    @Test
    void lastValueStandsInThePlaceOfTheFirstWhateverTheCase() {
        String[] headers = AddedHeaders.set(AddedHeaders.NONE, "Key", "first");
        headers = AddedHeaders.set(headers, "other", "stays");
        headers = AddedHeaders.set(headers, "key", "second");
        assertEquals("second", AddedHeaders.value(headers, "KEY"));
        assertEquals(List.of("key", "second", "other", "stays"), content(headers));
    }

    @Test
    void secondHeaderNeedsNoRoomOfItsOwn() {
        String[] one = AddedHeaders.set(AddedHeaders.NONE, "traceparent", "00-1");
        assertSame(one, AddedHeaders.set(one, "baggage", "a=1"));
    }
}
