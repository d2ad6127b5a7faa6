package dev.weir.instrumentation.a2a;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.jdkhttpclient.JdkHttpClientInstrumentation;
import dev.weir.instrumentation.jdkhttpserver.JdkHttpServerInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import sample.a2a.WeatherAgent;

/** The SDK under the name that its packages have since it moved, with an application that knows no other. */
class MovedA2aTest {

    @RegisterExtension
    final Woven woven = new Woven(
            new A2aInstrumentation(),
            new ThreadsInstrumentation(),
            new JdkHttpClientInstrumentation(),
            new JdkHttpServerInstrumentation());

    /** The application. */
    public static final class Exchange implements Callable<List<String>> {

        @Override
        public List<String> call() throws Exception {
            List<String> heard = new ArrayList<>();
            WeatherAgent agent = new WeatherAgent(
                    (context, events) -> events.accept(A2aServer.answer("answer", context.getContextId())));
            try (A2aServer server = new A2aServer(agent);
                    var client = server.client(
                            false, (event, card) -> heard.add(event.getClass().getName()), null)) {
                client.sendMessage(A2aServer.message("message-1", "how is the weather?"));
            }
            return heard;
        }
    }

    @Test
    void bothHalvesAreRuns(@TempDir Path directory) throws Exception {
        MovedPackages moved = new MovedPackages(directory)
                .move("io.a2a.", "org.a2aproject.sdk.")
                .move("sample.a2a.", "sample.moved.")
                .move("dev.weir.instrumentation.a2a.", "sample.moved.");
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (Path.of(entry).getFileName().toString().startsWith("a2a-java-sdk-")) moved.jar(Path.of(entry));
        }
        for (Class<?> each : List.of(Exchange.class, A2aServer.class, Spec.class, WeatherAgent.class)) moved.nest(each);
        woven.agent().alsoFollow("jdk-http-server");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            Callable<?> exchange = (Callable<?>) loader.loadClass("sample.moved.MovedA2aTest$Exchange")
                    .getConstructor()
                    .newInstance();
            assertEquals(List.of("org.a2aproject.sdk.client.MessageEvent"), exchange.call());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        woven.agent().awaitEnds(3);
        assertEquals(List.of("none", "HTTP_SERVER"), woven.agent().parents(CallFacts.Kind.RUN));
        List<String> told = woven.agent().begun().stream()
                .filter(GenAiFacts.class::isInstance)
                .map(GenAiFacts.class::cast)
                .map(run ->
                        run.name() + " " + run.arguments()[0] + " " + run.conversation() + " " + run.output()[0].text)
                .toList();
        assertEquals(
                List.of(
                        "weather message-1 conversation-1 conversation-1",
                        "WeatherAgent message-1 conversation-1 conversation-1"),
                told);
    }
}
