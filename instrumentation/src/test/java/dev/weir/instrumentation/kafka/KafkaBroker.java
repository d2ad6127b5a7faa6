package dev.weir.instrumentation.kafka;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A Kafka broker in this JVM, in a class loader of its own: its version has nothing to do with the version of the client
 * that a test uses.
 */
final class KafkaBroker implements AutoCloseable {

    private final URLClassLoader loader;
    private final Object server;
    private final String address;

    private KafkaBroker(URLClassLoader loader, Object server, String address) {
        this.loader = loader;
        this.server = server;
        this.address = address;
    }

    static KafkaBroker start(Path directory) throws Exception {
        URLClassLoader loader = new URLClassLoader(jars(), ClassLoader.getPlatformClassLoader());
        Thread thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            int port = freePort();
            int controller = freePort();
            Map<String, String> settings = settings(directory, port, controller);
            List<String> lines = new ArrayList<>();
            settings.forEach((name, value) -> lines.add(name + "=" + value));
            Path file = directory.resolve("server.properties");
            Files.write(file, lines);
            format(loader, file);
            Class<?> config = loader.loadClass("kafka.server.KafkaConfig");
            Class<?> time = loader.loadClass("org.apache.kafka.common.utils.Time");
            Object server = loader.loadClass("kafka.server.KafkaRaftServer")
                    .getConstructor(config, time)
                    .newInstance(
                            config.getConstructor(Map.class).newInstance(settings),
                            time.getField("SYSTEM").get(null));
            server.getClass().getMethod("startup").invoke(server);
            return new KafkaBroker(loader, server, "127.0.0.1:" + port);
        } finally {
            thread.setContextClassLoader(usual);
        }
    }

    private static Map<String, String> settings(Path directory, int port, int controller) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", directory.resolve("logs").toString());
        settings.put("num.partitions", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        return settings;
    }

    private static void format(ClassLoader loader, Path file) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Object status = loader.loadClass("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class)
                .invoke(
                        null,
                        new String[] {"format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", file.toString()},
                        new PrintStream(output, true, StandardCharsets.UTF_8));
        if (!status.equals(0)) throw new IOException(output.toString(StandardCharsets.UTF_8));
    }

    /** What this module's tests usually run with: a test of another client's version has its own class path. */
    private static URL[] jars() throws IOException {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        if (!path.contains("kafka_2.13")) path = Files.readString(Path.of("target/test.classpath"));
        List<URL> jars = new ArrayList<>();
        for (String entry : path.strip().split(File.pathSeparator)) {
            if (entry.endsWith(".jar")) jars.add(Path.of(entry).toUri().toURL());
        }
        return jars.toArray(new URL[0]);
    }

    private static int freePort() throws IOException {
        while (true) {
            // Kafka must be told its ports. Above 32,768 the system may give one away before Kafka has taken it.
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                continue;
            }
        }
    }

    String address() {
        return address;
    }

    @Override
    public void close() throws Exception {
        server.getClass().getMethod("shutdown").invoke(server);
        server.getClass().getMethod("awaitShutdown").invoke(server);
        loader.close();
    }
}
