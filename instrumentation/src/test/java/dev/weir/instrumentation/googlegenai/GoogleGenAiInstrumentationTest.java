package dev.weir.instrumentation.googlegenai;

import com.google.genai.types.HttpRetryOptions;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The SDK's interceptor in a real OkHttp client; the next interceptor answers. */
class GoogleGenAiInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new GoogleGenAiInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "google-genai";
    }

    // Nothing but failed input and output is retried.
    @Override
    protected String failure() {
        return " IOException";
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        return send(chain -> {
            try {
                return answer(chain.request(), 200, action.call());
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
    }

    @Override
    protected String callUntilGood(Callable<String> action) throws Exception {
        return send(chain -> {
            try {
                String text = action.call();
                return answer(chain.request(), text.equals("bad") ? 503 : 200, text);
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
    }

    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        throw new AssertionError("its interceptor blocks a thread of the client");
    }

    private static String send(Interceptor next) throws Exception {
        HttpRetryOptions options = HttpRetryOptions.builder()
                .attempts(3)
                .initialDelay(0.001)
                .maxDelay(0.001)
                .jitter(0.0)
                .build();
        Constructor<?> constructor =
                Class.forName("com.google.genai.RetryInterceptor").getDeclaredConstructor(HttpRetryOptions.class);
        constructor.setAccessible(true);
        OkHttpClient client = new OkHttpClient.Builder()
                .addInterceptor((Interceptor) constructor.newInstance(options))
                .addInterceptor(next)
                .build();
        Request request = new Request.Builder().url("http://model.example/").build();
        try (Response response = client.newCall(request).execute()) {
            return response.body().string();
        }
    }

    private static Response answer(Request request, int status, String text) {
        return new Response.Builder()
                .request(request)
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("")
                .body(ResponseBody.create(text, MediaType.get("text/plain")))
                .build();
    }
}
