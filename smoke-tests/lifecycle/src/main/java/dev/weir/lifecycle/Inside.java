package dev.weir.lifecycle;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.TreeSet;

/** Calls once, and says which threads and hook classes there are in its JVM. */
public final class Inside {

    private Inside() {}

    public static void main(String[] arguments) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(arguments[0]).openConnection();
        System.out.println("status " + connection.getResponseCode());
        TreeSet<String> threads = new TreeSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) threads.add(thread.getName());
        System.out.println("threads " + threads);
        try {
            Class<?> hooks = Class.forName("dev.weir.bootstrap.Hooks", false, null);
            System.out.println("hooks " + hooks.getMethod("armed").invoke(null));
        } catch (ReflectiveOperationException e) {
            System.out.println("hooks absent");
        }
    }
}
