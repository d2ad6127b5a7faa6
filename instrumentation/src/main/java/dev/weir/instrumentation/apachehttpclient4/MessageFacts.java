package dev.weir.instrumentation.apachehttpclient4;

import dev.weir.instrumentation.shared.ChangeableRequestFacts;
import dev.weir.instrumentation.shared.OwnHeaders;
import dev.weir.instrumentation.shared.RequestTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/** What is known of one request of either client, and what can be changed of it. */
abstract class MessageFacts extends ChangeableRequestFacts<HttpRequest, Header> {

    // Entities over memory. Others may be used up by one look, even where they say that they are repeatable.
    private static final Set<String> IN_MEMORY = Set.of(
            "org.apache.http.entity.ByteArrayEntity",
            "org.apache.http.entity.StringEntity",
            "org.apache.http.client.entity.UrlEncodedFormEntity",
            "org.apache.http.nio.entity.NByteArrayEntity",
            "org.apache.http.nio.entity.NStringEntity");

    private static final OwnHeaders.Carrier<HttpRequest, Header> HEADERS = new OwnHeaders.Carrier<>() {
        @Override
        public @Nullable Header present(HttpRequest request, String name) {
            return request.getFirstHeader(name);
        }

        @Override
        public Header set(HttpRequest request, String name, String value, @Nullable Header before) {
            Header own = new BasicHeader(name, value);
            if (before == null) request.addHeader(own);
            else request.setHeader(own);
            return own;
        }

        @Override
        public void restore(HttpRequest request, String name, Header before) {
            request.setHeader(before);
        }

        @Override
        public void remove(HttpRequest request, String name, Header own) {
            request.removeHeader(own);
        }
    };

    final HttpRequest request;
    final @Nullable RequestConfig config;
    volatile @Nullable HttpResponse response;
    private final @Nullable HttpEntity entity;

    MessageFacts(
            String instrumentation, HttpRequest request, @Nullable HttpHost target, @Nullable RequestConfig config) {
        super(
                HEADERS,
                instrumentation,
                request.getRequestLine().getMethod(),
                target == null ? null : target.getSchemeName(),
                target == null ? null : target.getHostName(),
                target == null ? -1 : target.getPort(),
                RequestTarget.path(request.getRequestLine().getUri()),
                RequestTarget.query(request.getRequestLine().getUri()));
        this.request = request;
        this.config = config;
        this.entity = request instanceof HttpEntityEnclosingRequest enclosing ? enclosing.getEntity() : null;
    }

    @Override
    public final long callerTimeoutMillis() {
        return config == null ? 0 : Math.max(0, config.getSocketTimeout());
    }

    @Override
    protected final @Nullable String present(String name) {
        Header header = request.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public final @Nullable String responseHeader(String name) {
        HttpResponse received = response;
        Header header = received == null ? null : received.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public final long bodyLength() {
        return entity == null ? 0 : entity.getContentLength();
    }

    @Override
    public final byte @Nullable [] replayableBody(int limit) {
        long length = bodyLength();
        if (entity == null || length <= 0 || length > limit) return null;
        if (!IN_MEMORY.contains(entity.getClass().getName())) return null;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) length);
        try {
            entity.writeTo(bytes);
        } catch (IOException e) {
            return null;
        }
        return bytes.toByteArray();
    }
}
