package dev.weir.instrumentation.mcp;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;

/** Serves an MCP server's servlet on a port of its own. */
final class McpServlet implements AutoCloseable {

    private final Tomcat tomcat = new Tomcat();
    private final Path base;

    McpServlet(HttpServlet transport) throws IOException, LifecycleException {
        base = Files.createTempDirectory("mcp");
        tomcat.setBaseDir(base.toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        Context context = tomcat.addContext("", base.toString());
        Wrapper wrapper = Tomcat.addServlet(context, "mcp", new Unpromising(transport));
        wrapper.setAsyncSupported(true);
        context.addServletMappingDecoded("/*", "mcp");
        // A kept-alive connection that Tomcat closes just when the client takes it would fail a request.
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "1");
        tomcat.start();
    }

    /** The transport's answers promise to keep a connection, whatever Tomcat does with it: then clients take it again. */
    private static final class Unpromising extends HttpServlet {

        private final HttpServlet transport;

        Unpromising(HttpServlet transport) {
            this.transport = transport;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            transport.service(request, new HttpServletResponseWrapper(response) {
                @Override
                public void setHeader(String name, String value) {
                    if (!name.equalsIgnoreCase("connection")) super.setHeader(name, value);
                }
            });
        }
    }

    String url() {
        return "http://127.0.0.1:" + tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        try (var files = Files.walk(base)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
