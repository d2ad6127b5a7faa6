package dev.weir.instrumentation;

import dev.weir.instrumentation.apachehttpclient4.ApacheHttpAsyncClient4Instrumentation;
import dev.weir.instrumentation.apachehttpclient4.ApacheHttpClient4Instrumentation;
import dev.weir.instrumentation.apachehttpclient5.ApacheHttpClient5Instrumentation;
import dev.weir.instrumentation.awssdk.AwsSdkInstrumentation;
import dev.weir.instrumentation.azurecore.AzureCoreInstrumentation;
import dev.weir.instrumentation.declared.DeclaredScopesInstrumentation;
import dev.weir.instrumentation.failsafe.FailsafeInstrumentation;
import dev.weir.instrumentation.files.FilesInstrumentation;
import dev.weir.instrumentation.gax.GaxInstrumentation;
import dev.weir.instrumentation.googlegenai.GoogleGenAiInstrumentation;
import dev.weir.instrumentation.googlehttpclient.GoogleHttpClientInstrumentation;
import dev.weir.instrumentation.grpc.GrpcClientInstrumentation;
import dev.weir.instrumentation.grpc.GrpcServerInstrumentation;
import dev.weir.instrumentation.guavaretrying.GuavaRetryingInstrumentation;
import dev.weir.instrumentation.helidon.HelidonWebServerInstrumentation;
import dev.weir.instrumentation.httpurlconnection.HttpUrlConnectionInstrumentation;
import dev.weir.instrumentation.jbossthreads.JbossThreadsInstrumentation;
import dev.weir.instrumentation.jdbc.JdbcInstrumentation;
import dev.weir.instrumentation.jdkhttpclient.JdkHttpClientInstrumentation;
import dev.weir.instrumentation.jdkhttpserver.JdkHttpServerInstrumentation;
import dev.weir.instrumentation.jettyclient.JettyClientInstrumentation;
import dev.weir.instrumentation.jms.JmsInstrumentation;
import dev.weir.instrumentation.kafka.KafkaInstrumentation;
import dev.weir.instrumentation.ktor.KtorClientInstrumentation;
import dev.weir.instrumentation.ktor.KtorRetryInstrumentation;
import dev.weir.instrumentation.langchain4j.LangChain4jInstrumentation;
import dev.weir.instrumentation.langchain4jretry.LangChain4jRetryInstrumentation;
import dev.weir.instrumentation.management.ManagementInstrumentation;
import dev.weir.instrumentation.mcp.McpInstrumentation;
import dev.weir.instrumentation.nettyhttp.NettyHttpInstrumentation;
import dev.weir.instrumentation.okhttp.OkHttpInstrumentation;
import dev.weir.instrumentation.processes.ProcessesInstrumentation;
import dev.weir.instrumentation.reactor.ReactorInstrumentation;
import dev.weir.instrumentation.reactornetty.ReactorNettyInstrumentation;
import dev.weir.instrumentation.reactorretry.ReactorRetryInstrumentation;
import dev.weir.instrumentation.resilience4j.Resilience4jInstrumentation;
import dev.weir.instrumentation.rxjava3retry.RxJava3RetryInstrumentation;
import dev.weir.instrumentation.servlet.ServletInstrumentation;
import dev.weir.instrumentation.smallryefaulttolerance.SmallRyeFaultToleranceInstrumentation;
import dev.weir.instrumentation.springai.SpringAiInstrumentation;
import dev.weir.instrumentation.springcoreretry.SpringCoreRetryInstrumentation;
import dev.weir.instrumentation.springretry.SpringRetryInstrumentation;
import dev.weir.instrumentation.stainless.StainlessInstrumentation;
import dev.weir.instrumentation.temporalactivity.TemporalActivityInstrumentation;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import dev.weir.instrumentation.undertow.UndertowInstrumentation;
import dev.weir.instrumentation.vertx.VertxHttpClientInstrumentation;
import dev.weir.instrumentation.vertx.VertxHttpServerInstrumentation;
import dev.weir.instrumentation.vertx.VertxInstrumentation;
import dev.weir.instrumentation.weaving.Instrumentation;
import java.util.List;

/** Every adapter there is. Sorted by name. */
public final class Instrumentations {

    private Instrumentations() {}

    /** A new instance of each. */
    public static List<Instrumentation> all() {
        return List.of(
                new ApacheHttpAsyncClient4Instrumentation(),
                new ApacheHttpClient4Instrumentation(),
                new ApacheHttpClient5Instrumentation(),
                new AwsSdkInstrumentation(),
                new AzureCoreInstrumentation(),
                new DeclaredScopesInstrumentation(),
                new FailsafeInstrumentation(),
                new FilesInstrumentation(),
                new GaxInstrumentation(),
                new GoogleGenAiInstrumentation(),
                new GoogleHttpClientInstrumentation(),
                new GrpcClientInstrumentation(),
                new GrpcServerInstrumentation(),
                new GuavaRetryingInstrumentation(),
                new HelidonWebServerInstrumentation(),
                new HttpUrlConnectionInstrumentation(),
                new JbossThreadsInstrumentation(),
                new JdbcInstrumentation(),
                new JdkHttpClientInstrumentation(),
                new JdkHttpServerInstrumentation(),
                new JettyClientInstrumentation(),
                new JmsInstrumentation(),
                new KafkaInstrumentation(),
                new KtorClientInstrumentation(),
                new KtorRetryInstrumentation(),
                new LangChain4jInstrumentation(),
                new LangChain4jRetryInstrumentation(),
                new ManagementInstrumentation(),
                new McpInstrumentation(),
                new NettyHttpInstrumentation(),
                new OkHttpInstrumentation(),
                new ProcessesInstrumentation(),
                new ReactorInstrumentation(),
                new ReactorNettyInstrumentation(),
                new ReactorRetryInstrumentation(),
                new Resilience4jInstrumentation(),
                new RxJava3RetryInstrumentation(),
                new ServletInstrumentation(),
                new SmallRyeFaultToleranceInstrumentation(),
                new SpringAiInstrumentation(),
                new SpringCoreRetryInstrumentation(),
                new SpringRetryInstrumentation(),
                new StainlessInstrumentation(),
                new TemporalActivityInstrumentation(),
                new ThreadsInstrumentation(),
                new UndertowInstrumentation(),
                new VertxInstrumentation(),
                new VertxHttpClientInstrumentation(),
                new VertxHttpServerInstrumentation());
    }
}
