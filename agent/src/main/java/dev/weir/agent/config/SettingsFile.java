package dev.weir.agent.config;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The settings file, read at start and again when it changes. */
public final class SettingsFile {

    /** Hears of changed settings. */
    public interface Listener {

        /** The settings file has changed. */
        void changed(Settings settings, Settings.Complaints complaints);
    }

    private static final long LARGEST = 1_048_576;

    private final File file;

    private SettingsFile(File file) {
        this.file = file;
    }

    /** The file that {@code weir.config} names, else {@code weir.properties} in the working directory. */
    public static SettingsFile find(Settings settings, Settings.Complaints complaints) {
        String named = settings.given(Setting.CONFIG.key());
        if (named == null) return new SettingsFile(new File("weir.properties").getAbsoluteFile());
        File file = new File(named).getAbsoluteFile();
        if (!file.isFile()) {
            complaints.add(
                    "weir: weir.config=" + named + " is not a file; going on without. Create it or mend the path.");
        }
        return new SettingsFile(file);
    }

    /** Whether the file is there. */
    public boolean exists() {
        return file.isFile();
    }

    /** What the file says; empty when it is not there or cannot be read. */
    public Map<String, String> read(Settings.Complaints complaints) {
        Map<String, String> values = new HashMap<>();
        if (!file.isFile()) return values;
        if (file.length() > LARGEST) {
            complaints.add("weir: " + file + " is larger than 1 MiB and is not read; is it a settings file?");
            return values;
        }
        Properties properties = new Properties();
        try (Reader reader = new InputStreamReader(new FileInputStream(file), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            complaints.add("weir: cannot read " + file + " (" + e.getMessage() + "); going on without it.");
            return values;
        }
        for (String name : properties.stringPropertyNames()) values.put(name, properties.getProperty(name));
        return values;
    }

    /**
     * Looks at the file now and then, on a daemon thread, as {@link Setting#CONFIG_RELOAD} says.
     *
     * @param threadStart runs on that thread first
     */
    public void watch(Settings settings, Listener listener, Runnable threadStart, Log log) {
        long seconds = settings.number(Setting.CONFIG_RELOAD);
        if (seconds == 0) return;
        long known = stamp();
        Thread thread = new Thread(
                null,
                () -> {
                    threadStart.run();
                    long last = known;
                    while (true) {
                        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
                        long now = stamp();
                        if (now == last) continue;
                        last = now;
                        Settings changed = settings.withFile(read(log::warn), log::warn);
                        listener.changed(changed, log::warn);
                    }
                },
                "weir-settings",
                0,
                false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    private long stamp() {
        return file.lastModified() * 31 + file.length();
    }
}
