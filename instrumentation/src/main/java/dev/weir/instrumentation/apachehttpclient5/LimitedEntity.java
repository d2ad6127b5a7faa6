package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.instrumentation.shared.CallLimit;
import dev.weir.instrumentation.shared.LimitedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/** The body of a call with a limit: says why when it is cut off, and ends the limit when it is over. */
final class LimitedEntity extends HttpEntityWrapper {

    private final CallLimit limit;

    LimitedEntity(HttpEntity entity, CallLimit limit) {
        super(entity);
        this.limit = limit;
    }

    @Override
    public @Nullable InputStream getContent() throws IOException {
        InputStream content = super.getContent();
        return content == null ? null : new LimitedInputStream(content, limit);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        InputStream content = getContent();
        if (content == null) return;
        try (content) {
            content.transferTo(out);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            super.close();
        } catch (IOException e) {
            IOException reason = limit.reasonOf(e);
            throw reason == null ? e : reason;
        } finally {
            limit.cancel();
        }
    }
}
