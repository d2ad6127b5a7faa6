package org.example.webapp;

import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/** A web application as others write them: filters that wrap, servlets in every mode. Runs in every container. */
public final class Shop implements ServletContainerInitializer {

    @Override
    public void onStartup(Set<Class<?>> classes, ServletContext context) {
        filter(context, "wraps", new Wraps());
        filter(context, "passes", new Passes());
        servlet(context, "echo", new Echo(), "/echo", "/error-page");
        servlet(context, "ends", new Ends(), "/ends/*");
        servlet(context, "goes-on", new GoesOn(), "/goes-on/*");
        servlet(context, "async", new Async(), "/async/*");
        servlet(context, "bytes", new Bytes(), "/bytes/*");
        String[] usual = {"/inside", "/later", "/worker", "/pieces", "/status/*", "/throws", "/length"};
        servlet(context, "usual", new Usual(), usual);
    }

    private static void filter(ServletContext context, String name, Filter filter) {
        FilterRegistration.Dynamic added = context.addFilter(name, filter);
        added.setAsyncSupported(true);
        added.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
    }

    private static void servlet(ServletContext context, String name, HttpServlet servlet, String... paths) {
        ServletRegistration.Dynamic added = context.addServlet(name, servlet);
        added.setAsyncSupported(true);
        added.addMapping(paths);
    }

    static String inside() {
        Object scope = Hooks.scope();
        if (scope == null) return "outside";
        String query = scope instanceof HttpFacts request ? request.query() : null;
        return query == null ? "inside" : "inside?" + query;
    }

    static final class Wraps implements Filter {

        @Override
        public void init(FilterConfig config) {}

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request),
                    new HttpServletResponseWrapper((HttpServletResponse) response));
        }

        @Override
        public void destroy() {}
    }

    static final class Passes implements Filter {

        @Override
        public void init(FilterConfig config) {}

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            chain.doFilter(request, response);
        }

        @Override
        public void destroy() {}
    }

    /** What every server's test asks for. */
    static final class Usual extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            switch (request.getServletPath()) {
                case "/inside" -> response.getWriter().write(inside());
                case "/later" -> request.startAsync().dispatch("/inside");
                case "/worker" -> {
                    AsyncContext async = request.startAsync();
                    async.start(() -> complete(async, inside()));
                }
                case "/pieces" -> {
                    response.getWriter().write("some ");
                    response.flushBuffer();
                    response.getWriter().write(inside());
                }
                case "/throws" -> throw new IllegalStateException("as the test wants it");
                case "/length" -> {
                    int length = request.getInputStream().readAllBytes().length;
                    response.getWriter().write(length + " " + inside());
                }
                default ->
                    response.setStatus(Integer.parseInt(request.getPathInfo().substring(1)));
            }
        }
    }

    private static void complete(AsyncContext async, String body) {
        try {
            async.getResponse().getWriter().write(body);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            async.complete();
        }
    }

    /** Says how it was reached. */
    static final class Echo extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.getWriter().write(request.getDispatcherType() + " " + inside() + "\n");
        }
    }

    /** Ends at once, in the way that its path says. */
    static final class Ends extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            switch (request.getPathInfo()) {
                case "/created" -> {
                    response.setStatus(201);
                    response.getOutputStream().print(inside());
                }
                case "/nothing" -> response.setStatus(204);
                case "/missing" -> response.sendError(404, "no such thing");
                case "/gone" -> response.sendError(410);
                case "/elsewhere" -> response.sendRedirect("/echo");
                case "/flushed" -> {
                    response.setStatus(202);
                    response.flushBuffer();
                    response.getWriter().write("more");
                }
                case "/throws" -> throw new IllegalStateException("no");
                case "/wraps" -> throw new ServletException(new UnsupportedOperationException("no"));
                case "/too-late" -> {
                    response.getWriter().write("some");
                    response.flushBuffer();
                    throw new IllegalStateException("no");
                }
                default -> response.setStatus(400);
            }
        }
    }

    /** Goes on to another servlet. */
    static final class GoesOn extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            if (request.getPathInfo().equals("/forward")) {
                request.getRequestDispatcher("/echo").forward(request, response);
            } else {
                request.getRequestDispatcher("/echo").include(request, response);
            }
        }
    }

    /** Ends later, in the way that its path says. */
    static final class Async extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws ServletException {
            String how = request.getPathInfo();
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                if (how.equals("/throws")) throw new ServletException(new IllegalStateException("no"));
                response.setStatus(203);
                AsyncContext again = request.startAsync();
                complete(again);
                return;
            }
            AsyncContext async = request.startAsync();
            async.setTimeout(how.equals("/timeout") ? 200 : 20_000);
            switch (how) {
                case "/task" -> async.start(() -> complete(async));
                case "/thread" -> new Thread(() -> complete(async), "shop").start();
                case "/at-once" -> complete(async);
                case "/dispatch" -> new Thread(() -> async.dispatch("/echo"), "shop").start();
                case "/listener" -> {
                    async.setTimeout(200);
                    async.addListener(new Answers());
                }
                case "/again", "/throws" -> new Thread(async::dispatch, "shop").start();
                default -> {
                    // Nobody completes it.
                }
            }
        }

        private static void complete(AsyncContext async) {
            Shop.complete(async, "async " + inside() + "\n");
        }
    }

    /** Answers when the time is up. */
    static final class Answers implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {
            ((HttpServletResponse) event.getSuppliedResponse()).setStatus(504);
            event.getAsyncContext().complete();
        }

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    /** Reads and writes when the container says that it can. */
    static final class Bytes extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            AsyncContext async = request.startAsync(request, response);
            async.setTimeout(20_000);
            ServletInputStream in = request.getInputStream();
            in.setReadListener(new ReadListener() {

                private int bytes;

                @Override
                public void onDataAvailable() throws IOException {
                    byte[] buffer = new byte[100];
                    while (in.isReady() && !in.isFinished()) {
                        int read = in.read(buffer);
                        if (read < 0) break;
                        bytes += read;
                    }
                }

                @Override
                public void onAllDataRead() throws IOException {
                    ServletOutputStream out = response.getOutputStream();
                    out.setWriteListener(write(async, out, bytes + " bytes read " + inside()));
                }

                @Override
                public void onError(Throwable thrown) {
                    async.complete();
                }
            });
        }

        private static WriteListener write(AsyncContext async, ServletOutputStream out, String read) {
            return new WriteListener() {

                private boolean written;

                @Override
                public void onWritePossible() throws IOException {
                    if (out.isReady() && !written) {
                        written = true;
                        out.write((read + ", written " + inside() + "\n").getBytes(StandardCharsets.UTF_8));
                    }
                    if (out.isReady()) async.complete();
                }

                @Override
                public void onError(Throwable thrown) {
                    async.complete();
                }
            };
        }
    }
}
