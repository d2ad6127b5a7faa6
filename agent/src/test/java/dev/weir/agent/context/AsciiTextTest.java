package dev.weir.agent.context;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AsciiTextTest {

    private final AsciiText text = new AsciiText(1);

    @Test
    void growsWithWhatIsAppended() {
        text.append('=').append("weir").append("").append(7).hex(0x0123456789abcdefL);
        assertEquals("=weir70123456789abcdef", text.toString());
    }

    @Test
    void numbersAreDecimal() {
        for (long number : new long[] {0, 1, 9, 10, 99, 100, 1_234_567_890_123L, Long.MAX_VALUE}) {
            assertEquals(Long.toString(number), text.clear(16).append(number).toString());
        }
    }

    @Test
    void nothingIsLeftOfTheTextBefore() {
        text.append("a long text that needs more room than is kept");
        assertEquals("b", text.clear(4).append('b').toString());
        assertEquals("", text.clear(4).toString());
    }
}
