package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS for both ends of a test, with a certificate for 127.0.0.1 that nobody else trusts. */
public final class SelfSigned {

    private SelfSigned() {}

    /** @param folder for the key store */
    public static SSLContext tls(Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Path log = folder.resolve("keytool.log");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options = "-genkeypair -keyalg EC -alias test -dname CN=localhost -ext san=ip:127.0.0.1"
                + " -storetype PKCS12 -storepass secret -keypass secret";
        ProcessBuilder command = new ProcessBuilder((keytool + " " + options).split(" "));
        command.command().add("-keystore");
        command.command().add(store.toString());
        Process process =
                command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "keytool does not end");
        assertEquals(0, process.exitValue(), Files.readString(log));
        char[] password = "secret".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, password);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return tls;
    }
}
