package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.apachehttpclient4.ApacheHttpAsyncClient4Instrumentation;
import io.ktor.client.engine.apache.Apache;

/** The engine that stands on Apache HttpAsyncClient 4. */
class KtorApacheTest extends KtorOverLibrary {

    KtorApacheTest() {
        super(new ApacheHttpAsyncClient4Instrumentation(), Apache.INSTANCE);
    }

    @Override
    protected boolean hasReplayableBodies() {
        return false;
    }
}
