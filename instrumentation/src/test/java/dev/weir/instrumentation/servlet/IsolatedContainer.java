package dev.weir.instrumentation.servlet;

import dev.weir.instrumentation.weaving.RenamedClasses;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * A servlet container in a class loader of its own, as there are several with classes of the same names, and a web
 * application in another one above it.
 */
final class IsolatedContainer implements AutoCloseable {

    /** The containers that the module's build has put aside. */
    enum Kind {
        TOMCAT_9("javax", "tomcat9"),
        TOMCAT_10_0("jakarta", "tomcat10-0"),
        TOMCAT_10("jakarta", "tomcat10"),
        TOMCAT_11("jakarta", "tomcat11"),
        JETTY_EE8("javax", "jetty", "jetty-ee8"),
        JETTY_EE9("jakarta", "jetty-ee9"),
        JETTY_EE10("jakarta", "jetty", "jetty-ee10"),
        JETTY_EE11("jakarta", "jetty", "jetty-ee11");

        private final String api;
        private final List<String> folders;

        Kind(String api, String... folders) {
            this.api = api;
            this.folders = List.of(folders);
        }

        private URL[] jars() throws IOException, URISyntaxException {
            Path classes = Path.of(IsolatedContainer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            List<URL> jars = new ArrayList<>();
            for (String folder : folders) {
                try (Stream<Path> files = Files.list(classes.resolveSibling("servlet-containers/" + folder))) {
                    for (Path jar : files.sorted().toList())
                        jars.add(jar.toUri().toURL());
                }
            }
            return jars.toArray(new URL[0]);
        }
    }

    /** The application's own loader: the same classes for either name of the API. */
    private static final class Webapp extends ClassLoader {

        private final String renaming;

        Webapp(ClassLoader container, Kind kind) {
            super(container);
            this.renaming = kind.api.equals("javax") ? "jakarta/servlet>javax/servlet" : "";
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.startsWith("org.example.webapp.")) throw new ClassNotFoundException(name);
            byte[] classFile = RenamedClasses.read(name, renaming);
            return defineClass(name, classFile, 0, classFile.length);
        }
    }

    // Kept, or their levels are forgotten.
    private static final Logger TOMCAT_LOG = Logger.getLogger("org.apache");

    private final URLClassLoader loader;
    private final Object server;
    private final int port;

    private IsolatedContainer(Kind kind, Path folder) throws Exception {
        TOMCAT_LOG.setLevel(Level.OFF);
        loader = new URLClassLoader(kind.jars(), ClassLoader.getPlatformClassLoader());
        Webapp webapp = new Webapp(loader, kind);
        Object shop =
                webapp.loadClass("org.example.webapp.Shop").getConstructor().newInstance();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(webapp);
        try {
            if (kind.name().startsWith("TOMCAT")) {
                // A JVM has room for one such factory, not for three containers.
                loader.loadClass("org.apache.catalina.webresources.TomcatURLStreamHandlerFactory")
                        .getMethod("disable")
                        .invoke(null);
                server = create("org.apache.catalina.startup.Tomcat");
                port = startTomcat(shop, folder);
            } else {
                server = create(
                        "org.eclipse.jetty.server.Server", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                port = startJetty(shop, webapp, kind.name().substring("JETTY_".length()));
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    static IsolatedContainer start(Kind kind, Path folder) throws Exception {
        return new IsolatedContainer(kind, folder);
    }

    private int startTomcat(Object shop, Path folder) throws Exception {
        call(server, "setBaseDir", folder.toString());
        call(server, "setPort", 0);
        Object connector = call(server, "getConnector");
        call(
                connector,
                "setProperty",
                "address",
                InetAddress.getLoopbackAddress().getHostAddress());
        Object context = call(server, "addContext", "", folder.toString());
        call(context, "addServletContainerInitializer", shop, Set.of());
        Object errorPage = create("org.apache.tomcat.util.descriptor.web.ErrorPage");
        call(errorPage, "setErrorCode", 410);
        call(errorPage, "setLocation", "/error-page");
        call(context, "addErrorPage", errorPage);
        call(server, "start");
        return (int) call(connector, "getLocalPort");
    }

    private int startJetty(Object shop, ClassLoader webapp, String generation) throws Exception {
        String ee = generation.toLowerCase(Locale.ROOT);
        Object context = create("org.eclipse.jetty." + ee + ".servlet.ServletContextHandler");
        call(context, "setContextPath", "/");
        call(context, "setClassLoader", webapp);
        call(context, "addServletContainerInitializer", shop);
        Object errors = create("org.eclipse.jetty." + ee + ".servlet.ErrorPageErrorHandler");
        call(errors, "addErrorPage", 410, "/error-page");
        call(context, "setErrorHandler", errors);
        Object handler = context instanceof Supplier<?> nested ? nested.get() : context;
        call(server, "setHandler", handler);
        call(server, "start");
        Object[] connectors = (Object[]) call(server, "getConnectors");
        return (int) call(connectors[0], "getLocalPort");
    }

    int port() {
        return port;
    }

    ClassLoader loader() {
        return loader;
    }

    @Override
    public void close() throws Exception {
        call(server, "stop");
        loader.close();
    }

    private Object create(String className, Object... arguments) throws Exception {
        for (var constructor : loader.loadClass(className).getConstructors()) {
            if (fits(constructor.getParameterTypes(), arguments)) return constructor.newInstance(arguments);
        }
        throw new NoSuchMethodException(className);
    }

    private static Object call(Object receiver, String name, Object... arguments) throws Exception {
        for (Method method : receiver.getClass().getMethods()) {
            if (!method.getName().equals(name) || !fits(method.getParameterTypes(), arguments)) continue;
            try {
                return method.invoke(receiver, arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof Exception thrown) throw thrown;
                throw e;
            }
        }
        throw new NoSuchMethodException(receiver.getClass().getName() + "." + name);
    }

    private static boolean fits(Class<?>[] parameters, Object[] arguments) {
        if (parameters.length != arguments.length) return false;
        for (int i = 0; i < parameters.length; i++) {
            boolean number = parameters[i] == int.class && arguments[i] instanceof Integer;
            if (!number && !parameters[i].isInstance(arguments[i])) return false;
        }
        return true;
    }
}
