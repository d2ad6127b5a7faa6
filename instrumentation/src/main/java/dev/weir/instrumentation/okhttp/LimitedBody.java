package dev.weir.instrumentation.okhttp;

import dev.weir.instrumentation.shared.CallLimit;
import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** The body of a call with a limit: says why when it is cut off, and ends the limit when it is over. */
final class LimitedBody extends ResponseBody {

    private final ResponseBody body;
    private final BufferedSource source;

    LimitedBody(ResponseBody body, CallLimit limit) {
        this.body = body;
        this.source = Okio.buffer(new ForwardingSource(body.source()) {
            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                try {
                    long read = super.read(sink, byteCount);
                    if (read < 0) limit.cancel();
                    return read;
                } catch (IOException e) {
                    IOException reason = limit.reasonOf(e);
                    throw reason == null ? e : reason;
                }
            }

            @Override
            public void close() throws IOException {
                limit.cancel();
                super.close();
            }
        });
    }

    @Override
    public @Nullable MediaType contentType() {
        return body.contentType();
    }

    @Override
    public long contentLength() {
        return body.contentLength();
    }

    @Override
    public BufferedSource source() {
        return source;
    }
}
