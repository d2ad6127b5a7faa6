package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
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
        "https://user:word@[::1]:80?x, /, x",
        "host:443, host:443, ",
        "?x, '', x",
        "*, *, "
    })
    void pathAndQuery(String target, String path, String query) {
        assertEquals(path, RequestTarget.path(target));
        if (query == null) assertNull(RequestTarget.query(target));
        else assertEquals(query, RequestTarget.query(target));
    }

    @ParameterizedTest
    @CsvSource({
        "http://host:80/a?x, host:80",
        "http://host, host",
        "http://host?to=http://other, host",
        "https://user:word@[::1]:80#a, user:word@[::1]:80",
        "http:///a, ''",
        "/redirect?to=http://host/b, ",
        "redirect?to=http://host/b, ",
        "host:443, ",
        "*, "
    })
    void authorityOfAWholeUrl(String target, String authority) {
        assertEquals(authority, RequestTarget.authority(target));
    }

    @Test
    void nothingOfNothing() {
        assertNull(RequestTarget.authority(null));
        assertNull(RequestTarget.path(null));
        assertNull(RequestTarget.query(null));
    }
}
