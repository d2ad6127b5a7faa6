package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;

class HostPortTest {

    @ParameterizedTest
    @CsvSource({
        "a, a, 7",
        "a:80, a, 80",
        "a:65535, a, 65535",
        "127.0.0.1:80, 127.0.0.1, 80",
        "[::1]:80, [::1], 80",
        "[::1], [::1], 7",
        "::1, ::1, 7",
        "fe80::1%eth0, fe80::1%eth0, 7",
        ":80, '', 80"
    })
    void hostAndPort(String authority, String host, int port) {
        assertEquals(new HostPort(host, port), HostPort.of(authority, 7));
    }

    @ParameterizedTest
    @CsvSource({
        "a:, a",
        "a:x, a",
        "a:-1, a",
        "a:+80, a",
        "a:0, a",
        "a:65536, a",
        "a:99999999999999999999, a",
        "[::1]:, [::1]",
        "[::1]x:80, [::1]x:80",
        "[::1, [::1"
    })
    void whatIsNoPortIsNone(String authority, String host) {
        assertEquals(new HostPort(host, 7), HostPort.of(authority, 7));
    }

    @ParameterizedTest
    @CsvSource({"user@a:80, a, 80", "user:word@a, a, 7", "user:w@rd@[::1]:80, [::1], 80", "user:80@, '', 7"})
    void userInfoIsLeftOut(String authority, String host, int port) {
        assertEquals(new HostPort(host, port), HostPort.of(authority, 7));
    }

    @ParameterizedTest
    @NullAndEmptySource
    void nothingNamesNothing(String authority) {
        assertEquals(new HostPort("", 7), HostPort.of(authority, 7));
    }
}
