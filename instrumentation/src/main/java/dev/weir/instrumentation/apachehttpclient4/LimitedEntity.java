package dev.weir.instrumentation.apachehttpclient4;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/** The body of a call with a limit: says why when it is cut off, and ends the limit when it is over. */
final class LimitedEntity extends HttpEntityWrapper {

    private final RequestFacts facts;

    LimitedEntity(HttpEntity entity, RequestFacts facts) {
        super(entity);
        this.facts = facts;
    }

    @Override
    public @Nullable InputStream getContent() throws IOException {
        InputStream content = super.getContent();
        return content == null ? null : new Content(content);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        InputStream content = getContent();
        if (content == null) return;
        try (content) {
            content.transferTo(out);
        }
    }

    private IOException told(IOException thrown) {
        return facts.late() ? RequestFacts.lateness(thrown) : thrown;
    }

    private final class Content extends FilterInputStream {

        Content(InputStream content) {
            super(content);
        }

        @Override
        public int read() throws IOException {
            try {
                return ended(super.read());
            } catch (IOException e) {
                throw told(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return ended(super.read(bytes, offset, length));
            } catch (IOException e) {
                throw told(e);
            }
        }

        private int ended(int read) {
            if (read < 0) facts.cancelTimer();
            return read;
        }

        @Override
        public void close() throws IOException {
            // What is left is read first.
            try {
                super.close();
            } catch (IOException e) {
                throw told(e);
            } finally {
                facts.cancelTimer();
            }
        }
    }
}
