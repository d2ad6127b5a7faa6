package dev.weir.agent;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this build. */
final class Version {

    private Version() {}

    static String read() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/dev/weir/agent/cli/version.properties")) {
            if (in != null) properties.load(in);
        } catch (IOException e) {
            // A version is nothing to stop for.
        }
        return properties.getProperty("version", "unknown");
    }
}
