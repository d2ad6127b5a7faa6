package dev.weir.benchmark.workload;

import java.io.IOException;
import java.net.URI;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** GET with OkHttp, over one kept-alive connection. */
final class OkHttpWorkload implements Workload {

    private final OkHttpClient client = new OkHttpClient();
    private final String target;

    OkHttpWorkload(URI target) {
        this.target = target.toString();
    }

    @Override
    public void run(int operations) throws IOException {
        for (int i = 0; i < operations; i++) {
            try (Response response =
                    client.newCall(new Request.Builder().url(target).build()).execute()) {
                response.body().bytes();
                if (response.code() != 200) throw new IOException("answered " + response.code());
            }
        }
    }
}
