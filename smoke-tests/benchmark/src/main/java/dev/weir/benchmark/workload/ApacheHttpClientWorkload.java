package dev.weir.benchmark.workload;

import java.io.IOException;
import java.net.URI;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** GET with Apache HttpClient 5, over one kept-alive connection. */
final class ApacheHttpClientWorkload implements Workload {

    private final CloseableHttpClient client = HttpClients.createDefault();
    private final URI target;

    ApacheHttpClientWorkload(URI target) {
        this.target = target;
    }

    @Override
    public void run(int operations) throws IOException {
        for (int i = 0; i < operations; i++) {
            int status = client.execute(new HttpGet(target), response -> {
                EntityUtils.toByteArray(response.getEntity());
                return response.getCode();
            });
            if (status != 200) throw new IOException("answered " + status);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
