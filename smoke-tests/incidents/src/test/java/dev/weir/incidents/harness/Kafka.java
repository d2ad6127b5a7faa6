package dev.weir.incidents.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/** One Kafka broker for all runs, in the harness's own JVM; started when it is first needed. */
public final class Kafka implements AutoCloseable {

    private @Nullable KafkaRaftServer server;
    private @Nullable Path directory;
    private String address = "";

    /** Where it listens. */
    public synchronized String address() throws IOException {
        if (server == null) start();
        return address;
    }

    private void start() throws IOException {
        Path scratch = Files.createTempDirectory("weir-kafka");
        directory = scratch;
        int port = freePort();
        int controller = freePort();
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", scratch.resolve("logs").toString());
        settings.put("num.partitions", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("offsets.topic.replication.factor", "1");
        List<String> lines = settings.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .toList();
        Path file = Files.write(scratch.resolve("server.properties"), lines);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] format = {"format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", file.toString()};
        if (StorageTool.execute(format, new PrintStream(said, true, StandardCharsets.UTF_8)) != 0) {
            throw new IOException(said.toString(StandardCharsets.UTF_8));
        }
        KafkaRaftServer started = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        started.startup();
        server = started;
        address = "127.0.0.1:" + port;
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

    @Override
    public synchronized void close() throws IOException {
        if (server == null || directory == null) return;
        server.shutdown();
        server.awaitShutdown();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) Files.deleteIfExists(file);
        }
        server = null;
    }
}
