package dev.weir.agent.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostClassesTest {

    @ParameterizedTest
    @CsvSource({
        "loopback, localhost, true",
        "loopback, LOCALHOST, true",
        "loopback, api.localhost, true",
        "loopback, 127.9.9.9, true",
        "loopback, 127.9.9, false",
        "loopback, [::1], true",
        "loopback, ::ffff:127.0.0.1, true",
        "loopback, notlocalhost, false",
        "private, 10.1.2.3, true",
        "private, 172.15.0.1, false",
        "private, 172.16.0.1, true",
        "private, 172.31.0.1, true",
        "private, 172.32.0.1, false",
        "private, 192.168.0.1, true",
        "private, 169.254.1.1, true",
        "private, 10.1.2.256, false",
        "private, fd00::1, true",
        "private, [fe80::1%eth0], true",
        "private, 2001:db8::1, false",
        "single-label, worker, true",
        "single-label, worker.example, false",
        "single-label, ::1, false",
        "*, anything.example, true",
        "api.example, API.example, true",
        "api.example, v2.api.example, false",
        ".example, v2.api.example, true",
        ".example, example, false",
        "none, none, false",
        "NONE, anything.example, false",
    })
    void aPatternMatches(String pattern, String host, boolean matches) {
        assertEquals(matches, new HostClasses(List.of(pattern)).contain(host));
    }

    @Test
    void noneBesideOthersTakesNothingAwayFromThem() {
        HostClasses classes = new HostClasses(Arrays.asList("none", "loopback"));
        assertTrue(classes.contain("localhost"));
        assertFalse(classes.contain("api.example"));
    }

    @Test
    void nothingAndNobodyAreNotAmongThem() {
        assertFalse(new HostClasses(List.of()).contain("localhost"));
        assertFalse(new HostClasses(List.of("loopback", "private", "single-label", "*")).contain(""));
    }

    @Test
    void manyHostsAreToldApartAlthoughFewAreRemembered() {
        HostClasses classes = new HostClasses(List.of(".ours"));
        for (int i = 0; i < 10_000; i++) {
            assertTrue(classes.contain("host" + i + ".ours"));
            assertFalse(classes.contain("host" + i + ".theirs"));
        }
    }
}
