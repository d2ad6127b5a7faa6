package dev.weir.agent.export;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom to trust as a collector, and who to be, from PEM files. */
record ClientTls(SSLSocketFactory socketFactory, X509TrustManager trustManager) {

    private static final char[] NO_PASSWORD = {};
    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";

    /**
     * @param trusted certificates to trust instead of the JVM's own; {@code null} for the JVM's own
     * @param certificate this side's certificate chain; {@code null} for none
     * @param key the PKCS #8 key for it
     */
    static ClientTls read(@Nullable String trusted, @Nullable String certificate, @Nullable String key)
            throws GeneralSecurityException, IOException {
        X509TrustManager trustManager = trustManager(trusted);
        KeyManager[] keyManagers = certificate == null || key == null ? null : keyManagers(certificate, key);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers, new TrustManager[] {trustManager}, null);
        return new ClientTls(context.getSocketFactory(), trustManager);
    }

    private static X509TrustManager trustManager(@Nullable String trusted)
            throws GeneralSecurityException, IOException {
        KeyStore store = null;
        if (trusted != null) {
            store = empty();
            int number = 0;
            for (Certificate each : certificates(trusted)) store.setCertificateEntry("trusted" + number++, each);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager found) return found;
        }
        throw new GeneralSecurityException("this JVM has no X.509 trust manager");
    }

    private static KeyManager[] keyManagers(String certificate, String key)
            throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        Certificate[] chain = certificates(certificate).toArray(new Certificate[0]);
        store.setKeyEntry("own", privateKey(key), NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(String file)
            throws GeneralSecurityException, IOException {
        try (InputStream in = new FileInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) throw new GeneralSecurityException("no certificate in it");
            return found;
        }
    }

    private static PrivateKey privateKey(String file) throws GeneralSecurityException, IOException {
        String text;
        try (InputStream in = new FileInputStream(file)) {
            text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
        int begin = text.indexOf(KEY_BEGIN);
        int end = text.indexOf(KEY_END);
        if (begin < 0 || end < begin) throw new GeneralSecurityException("no PKCS #8 key in it");
        byte[] encoded = Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end));
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
        for (String algorithm : new String[] {"RSA", "EC"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                // Of the other kind.
            }
        }
        return KeyFactory.getInstance("EdDSA").generatePrivate(spec);
    }
}
