package dev.weir.agent.config;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The settings file, read at start and again when its contents change.
 *
 * <p>A file that cannot be read, or is no settings file, changes nothing while the application runs: what was read last
 * goes on to hold. A file that is gone says nothing.
 */
public final class SettingsFile {

    /** Hears of changed settings. */
    public interface Listener {

        /** The settings file has changed. */
        void changed(Settings before, Settings now);
    }

    private static final int LARGEST = 1_048_576;
    private static final long TWICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * What a look at the file shows.
     *
     * @param text what it holds; {@code null} when it is not there or cannot be read
     * @param problem why it cannot be read
     */
    private record Look(@Nullable String text, @Nullable String problem) {

        /** What the JVM makes of a record's {@code equals} takes it sixty classes, at every start. */
        boolean isLike(Look other) {
            return Objects.equals(text, other.text) && Objects.equals(problem, other.problem);
        }

        boolean showsNothing() {
            return text == null && problem == null;
        }

        /** The values; {@code null} when they cannot be told. */
        @Nullable
        Map<String, String> values(Settings.Complaints complaints, String consequence) {
            Map<String, String> values = new HashMap<>();
            String reason = problem;
            if (reason == null && text == null) return values;
            if (reason == null) {
                Properties properties = new Properties();
                try {
                    properties.load(new StringReader(text == null ? "" : text));
                    for (String name : properties.stringPropertyNames()) {
                        values.put(name, properties.getProperty(name));
                    }
                    return values;
                } catch (IOException | IllegalArgumentException e) {
                    reason = "is malformed: " + e.getMessage();
                }
            }
            complaints.add("weir: the settings file " + Settings.shown(reason, 300) + "; " + consequence);
            return null;
        }
    }

    private final File file;
    private final boolean named;
    private Look known = new Look(null, null);

    private SettingsFile(File file, boolean named) {
        this.file = file;
        this.named = named;
    }

    /** The file that {@code weir.config} names, else {@code weir.properties} in the working directory. */
    public static SettingsFile find(Settings settings, Settings.Complaints complaints) {
        String named = settings.given(Setting.CONFIG.key());
        if (named == null) return new SettingsFile(new File("weir.properties").getAbsoluteFile(), false);
        File file = new File(named).getAbsoluteFile();
        if (!file.exists()) {
            complaints.add("weir: weir.config=" + Settings.shown(named, 300)
                    + " is not there; going on without. Create it or mend the path.");
        }
        return new SettingsFile(file, true);
    }

    /** What the file says; empty when it is not there or cannot be read. */
    public Map<String, String> read(Settings.Complaints complaints) {
        known = look();
        Map<String, String> values = known.values(complaints, "going on without it.");
        return values == null ? Map.of() : values;
    }

    private Look look() {
        if (!file.exists()) return new Look(null, null);
        if (!file.isFile()) return new Look(null, file + " is not a regular file");
        try (InputStream in = new FileInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) return new Look(null, file + " is larger than 1 MiB");
            return new Look(new String(bytes, StandardCharsets.UTF_8), null);
        } catch (IOException e) {
            return new Look(null, "cannot be read: " + e.getMessage());
        }
    }

    /**
     * Looks at the file now and then, on a daemon thread. Not at all when it was not there at start and nobody has named
     * it.
     *
     * @param seconds between looks; 0 for never
     * @param said complaints that were made already
     * @param threadStart runs on that thread first
     */
    public void watch(
            long seconds,
            Settings settings,
            Listener listener,
            Collection<String> said,
            Runnable threadStart,
            Log log) {
        if (seconds == 0 || (!named && known.showsNothing())) return;
        Set<String> before = new HashSet<>(said);
        Thread thread = new Thread(
                null,
                () -> {
                    threadStart.run();
                    follow(settings, listener, before, TimeUnit.SECONDS.toNanos(seconds), log);
                },
                "weir-settings",
                0,
                false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    private void follow(Settings first, Listener listener, Set<String> said, long nanos, Log log) {
        Settings current = first;
        while (true) {
            park(nanos);
            Look now = look();
            if (now.isLike(known)) continue;
            // Whoever writes a file in place empties it first, and some editors delete it.
            Look again;
            while (true) {
                park(TWICE_NANOS);
                again = look();
                if (again.isLike(now)) break;
                now = again;
            }
            if (now.isLike(known)) continue;
            known = now;
            Set<String> complaints = new LinkedHashSet<>();
            Map<String, String> values = now.values(complaints::add, "keeping what it said before.");
            if (values != null) {
                Settings changed = current.withFile(values, complaints::add);
                try {
                    listener.changed(current, changed);
                } catch (RuntimeException e) {
                    log.failure("change of settings", e);
                }
                current = changed;
            }
            for (String complaint : complaints) if (!said.contains(complaint)) log.warn(complaint);
            said.clear();
            said.addAll(complaints);
        }
    }

    private static void park(long nanos) {
        // An interrupt that nobody clears would make every wait end at once.
        if (Thread.interrupted()) return;
        LockSupport.parkNanos(nanos);
    }
}
