package dev.weir.instrumentation.okhttp;

import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/** Calls over HTTP/2 without TLS. */
class OkHttpHttp2Test extends OkHttpInstrumentationTest {

    @Override
    OkHttpClient client() {
        return new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .build();
    }

    @Override
    protected boolean speaksHttp2() {
        return true;
    }
}
