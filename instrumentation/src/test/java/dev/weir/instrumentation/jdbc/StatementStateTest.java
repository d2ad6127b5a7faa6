package dev.weir.instrumentation.jdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatementStateTest {

    @Test
    void parametersGrowAndAreCleared() {
        Parameters parameters = new Parameters();
        parameters.bind(20, "twenty");
        parameters.bind(1, 1);
        parameters.bind(0, "before the first");
        parameters.bind(Integer.MAX_VALUE, "after the last");
        parameters.bind("name", Thread.State.NEW);
        assertEquals(22, parameters.valueCount());
        Object[] values = values(parameters);
        assertEquals(1, values[0]);
        assertEquals("twenty", values[19]);
        assertArrayEquals(new Object[] {"name", "NEW"}, new Object[] {values[20], values[21]});
        parameters.clearParameters();
        assertEquals(0, parameters.valueCount());
    }

    @Test
    void theOnlyParameterIsBoundAgainClearedAndJoinedByOthers() {
        Parameters parameters = new Parameters();
        assertArrayEquals(new Object[0], values(parameters));
        parameters.bind(1, null);
        assertArrayEquals(new Object[] {null}, values(parameters));
        byte[] bytes = {1};
        parameters.bind(1, bytes);
        assertArrayEquals(new Object[] {bytes}, values(parameters));
        // What an application binds is kept by its class only: no array of values is taken for that of all.
        parameters.bind(1, new Object[] {"a", "b"});
        assertArrayEquals(new Object[] {Object[].class}, values(parameters));
        parameters.bind("name", "named");
        assertArrayEquals(new Object[] {Object[].class, "name", "named"}, values(parameters));
        parameters.clearParameters();
        assertArrayEquals(new Object[0], values(parameters));
        parameters.bind(2, "two");
        assertArrayEquals(new Object[] {null, "two"}, values(parameters));
        parameters.bind(1, "one");
        parameters.bind(3, "three");
        assertArrayEquals(new Object[] {"one", "two", "three"}, values(parameters));
        parameters.clearParameters();
        parameters.bind(1, "again");
        assertArrayEquals(new Object[] {"again"}, values(parameters));
    }

    private static Object[] values(Parameters parameters) {
        return IntStream.range(0, parameters.valueCount())
                .mapToObj(parameters::value)
                .toArray();
    }

    @Test
    void ofALongBatchOnlyTheBeginningIsKept() {
        Object[] one = values(100_000, 99_999);
        Object[] same = values(100_000, 99_999);
        Object[] other = values(100_000, 5_000);
        assertTrue(one.length < 5_000, one.length + " values");
        assertArrayEquals(one, same);
        assertNotEquals(one[one.length - 1], other[other.length - 1]);
    }

    private static Object[] values(int rows, int special) {
        Batch batch = new Batch();
        for (int i = 0; i < rows; i++) {
            Parameters row = new Parameters();
            row.bind(1, i);
            row.bind(2, i == special ? "special" : null);
            row.bind(3, new byte[] {(byte) i});
            row.bind(4, String.class);
            batch.add(row);
        }
        assertEquals(rows, batch.size());
        assertNull(batch.text());
        return batch.values();
    }

    @Test
    void ofManyStatementsOnlyTheBeginningIsKept() {
        List<Object> digests = new ArrayList<>();
        for (String last : List.of("DELETE FROM a", "DELETE FROM b", "DELETE FROM a")) {
            Batch batch = new Batch();
            for (int i = 0; i < 10_000; i++) batch.add("INSERT INTO item VALUES (" + i + ")");
            batch.add(last);
            assertEquals(10_001, batch.size());
            assertNotNull(batch.text());
            assertTrue(batch.text().length() <= 70_000);
            Object[] values = batch.values();
            assertEquals(1, values.length);
            digests.add(values[0]);
        }
        assertEquals(digests.get(0), digests.get(2));
        assertNotEquals(digests.get(0), digests.get(1));
    }
}
