package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentLengthTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "' 5 ', 5", "9223372036854775807, 9223372036854775807"})
    void isTheNumberThatStandsThere(String text, long length) {
        assertEquals(length, ContentLength.of(null, text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "-1", "-7", "5x", "0x5", "5.0", "99999999999999999999", "5, 5"})
    void isUnknownWhereNoNumberStands(String text) {
        assertEquals(-1, ContentLength.of(null, text));
    }

    @Test
    void withoutHeadersThereIsNoBody() {
        assertEquals(0, ContentLength.of(null, null));
    }

    @Test
    void codedTransferSaysNothing() {
        assertEquals(-1, ContentLength.of("chunked", null));
        assertEquals(-1, ContentLength.of("chunked", "5"));
    }
}
