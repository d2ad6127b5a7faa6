package dev.weir.instrumentation.apachehttpclient5;

import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;

/** HTTP/2 without an execution chain. */
class ApacheHttpClient5MinimalHttp2Test extends ApacheHttpClient5Http2Test {

    @Override
    CloseableHttpAsyncClient client() {
        return HttpAsyncClients.createHttp2Minimal();
    }

    @Override
    boolean hasReplayableBodies() {
        return false;
    }
}
