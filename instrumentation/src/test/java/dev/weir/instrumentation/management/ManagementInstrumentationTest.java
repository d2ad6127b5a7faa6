package dev.weir.instrumentation.management;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.instrumentation.testing.Woven;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ManagementInstrumentationTest {

    @RegisterExtension
    final Woven woven = new Woven(new ManagementInstrumentation());

    @Test
    void agentIsToldWhenTheServerIsThere() {
        ManagementFactory.getPlatformMBeanServer();
        assertEquals(List.of("managed"), woven.agent().events());
    }
}
