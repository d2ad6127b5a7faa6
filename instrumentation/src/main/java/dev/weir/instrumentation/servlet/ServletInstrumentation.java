package dev.weir.instrumentation.servlet;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import org.jspecify.annotations.Nullable;

/** Servlet containers, {@code jakarta.servlet} and {@code javax.servlet}: whatever filters and servlets they call. */
public final class ServletInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "servlet";
    }

    @Override
    public void weave(Weaving weaving) {
        weave(weaving, "jakarta");
        weave(weaving, "javax");
    }

    private static void weave(Weaving weaving, String top) {
        String api = top + ".servlet.";
        String request = api + "ServletRequest";
        String response = api + "ServletResponse";
        // Names such as "service" stand in many classes, these descriptors only where they matter.
        String two = "L" + top + "/servlet/ServletRequest;L" + top + "/servlet/ServletResponse;";
        renamed(weaving.subtypesOf(api + "Servlet", "(" + two + ")V"), top)
                .exactly("service", "Serve", request, response);
        renamed(weaving.subtypesOf(api + "Filter", "(" + two + "L" + top + "/servlet/FilterChain;)V"), top)
                .exactly("doFilter", "Serve", request, response, api + "FilterChain");
        renamed(
                        weaving.subtypesOf(
                                api + "http.HttpServletResponse", "()L" + top + "/servlet/ServletOutputStream;"),
                        top)
                .exactly("getOutputStream", "Reply")
                .exactly("getWriter", "Reply")
                .exactly("flushBuffer", "Reply")
                .method("sendError", "Reply", "int")
                .method("sendRedirect", "Reply", "java.lang.String");
        renamed(weaving.subtypesOf(api + "AsyncContext", "hasOriginalRequestAndResponse"), top)
                .exactly("start", "Start", "java.lang.Runnable");
        renamed(weaving.subclassesOf(api + "ServletInputStream", "setReadListener"), top)
                .exactly("setReadListener", "Read", api + "ReadListener");
        renamed(weaving.subclassesOf(api + "ServletOutputStream", "setWriteListener"), top)
                .exactly("setWriteListener", "Write", api + "WriteListener");
    }

    private static Weaving.Target renamed(Weaving.Target target, String top) {
        return top.equals("jakarta") ? target : target.renaming("jakarta/servlet", "javax/servlet");
    }

    /** A filter or servlet, the first or a later one. */
    static final class Serve {

        static @Nullable Call enter(Object receiver, ServletRequest request, ServletResponse response) {
            return Inbound.enter(request, response);
        }

        static @Nullable Throwable exit(
                @Nullable Call call,
                @Nullable Throwable thrown,
                Object receiver,
                ServletRequest request,
                ServletResponse response) {
            if (call == null) return null;
            if (call instanceof Call.Denied denied) return Refusal.send(response, denied);
            Inbound.exit(call, request, response, thrown);
            return null;
        }
    }

    /** The container's response is about to be written to: the head may go out at any moment. */
    static final class Reply {

        static void enter(ServletResponse response) {
            if (response instanceof ServletResponseWrapper) return;
            Call call = Attachments.of(response);
            if (call != null && !response.isCommitted()) Hooks.replying(call);
        }
    }

    /** The container runs a task of an asynchronous request. */
    static final class Start {

        static @Nullable Runnable argument0(Object context, @Nullable Runnable task) {
            return InContext.task(task);
        }
    }

    /** The container calls the application when there is something to read. */
    static final class Read {

        static @Nullable ReadListener argument0(Object stream, @Nullable ReadListener listener) {
            Object context = listener == null || listener instanceof ReadsInContext ? null : Hooks.capture();
            return context == null || listener == null ? listener : new ReadsInContext(context, listener);
        }
    }

    /** The container calls the application when it can write. */
    static final class Write {

        static @Nullable WriteListener argument0(Object stream, @Nullable WriteListener listener) {
            Object context = listener == null || listener instanceof WritesInContext ? null : Hooks.capture();
            return context == null || listener == null ? listener : new WritesInContext(context, listener);
        }
    }
}
