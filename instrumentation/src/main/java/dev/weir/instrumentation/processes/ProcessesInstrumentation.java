package dev.weir.instrumentation.processes;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Processes that are started: the causal context goes along in their environment. */
public final class ProcessesInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "processes";
    }

    @Override
    public void weave(Weaving weaving) {
        // ProcessBuilder, its pipelines and Runtime.exec all end here.
        weaving.type("java.lang.ProcessImpl").method("start", "Start", "java.lang.String[]", "java.util.Map");
    }

    static final class Start {

        static @Nullable Call enter(String[] command, @Nullable Map<String, String> environment) {
            return Hooks.armed() ? Hooks.begin(new StartedProcess(command, environment)) : null;
        }

        static @Nullable Map<String, String> argument1(
                @Nullable Call call, String[] command, @Nullable Map<String, String> environment) {
            if (call != null && call.facts() instanceof StartedProcess started) return started.carried();
            return Hooks.armed() ? StartedProcess.withoutInherited(environment) : environment;
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Object process, @Nullable Throwable thrown) {
            if (call instanceof Call.Denied denied) return new IOException(denied.message());
            if (call == null) return null;
            if (process instanceof Process begun && call.facts() instanceof StartedProcess started) started.is(begun);
            Hooks.end(call, 0, thrown);
            return null;
        }
    }
}
