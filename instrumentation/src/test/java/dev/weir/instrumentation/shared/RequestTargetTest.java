package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTargetTest {

    @ParameterizedTest
    @CsvSource({
        "/a/b?x=1&y=?, /a/b, x=1&y=?",
        "/a, /a, ",
        "http://host:80/a?x, /a, x",
        "http://host, /, ",
        "http://host?x=/y, /, x=/y",
        "/redirect?to=http://host/b, /redirect, to=http://host/b",
        "*, *, "
    })
    void pathAndQuery(String target, String path, String query) {
        assertEquals(path, RequestTarget.path(target));
        if (query == null) assertNull(RequestTarget.query(target));
        else assertEquals(query, RequestTarget.query(target));
    }
}
