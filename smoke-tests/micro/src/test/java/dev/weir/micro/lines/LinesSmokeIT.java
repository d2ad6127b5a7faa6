package dev.weir.micro.lines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Every line can be measured; what it costs is not asked here, but what is lost and miscounted is. */
class LinesSmokeIT {

    private static String[] rows(String line) throws Exception {
        return Lines.table(List.of(line), Effort.SMOKE)
                .substring(Row.HEAD.length())
                .split("\n");
    }

    @Test
    void export() throws Exception {
        String[] rows = rows("export");
        assertEquals(7, rows.length);
        for (int i = 4; i < rows.length; i++) assertTrue(rows[i].endsWith("| holds |"), rows[i]);
    }

    @Test
    void growth() throws Exception {
        assertEquals(4, rows("growth").length);
    }

    @Test
    void tail() throws Exception {
        assertEquals(4, rows("tail").length);
    }
}
