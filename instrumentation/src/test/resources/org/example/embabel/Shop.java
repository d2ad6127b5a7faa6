package org.example.embabel;

import com.embabel.agent.api.annotation.AchievesGoal;
import com.embabel.agent.api.annotation.Action;
import com.embabel.agent.api.annotation.Agent;
import com.embabel.agent.api.annotation.LlmTool;
import com.embabel.agent.api.common.ActionContext;
import com.embabel.agent.api.common.OperationContext;
import com.embabel.agent.core.AgentPlatform;
import com.embabel.agent.core.AgentProcess;
import com.embabel.agent.core.ProcessOptions;
import com.embabel.agent.core.ReplanRequestedException;
import com.embabel.agent.domain.io.UserInput;
import com.embabel.agent.spi.LlmService;
import com.embabel.agent.spi.config.spring.AgentPlatformConfiguration;
import com.embabel.agent.spi.config.spring.ToolGroupsConfiguration;
import com.embabel.agent.spi.support.springai.SpringAiLlmService;
import com.embabel.common.ai.autoconfig.ProviderInitialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.api.OpenAiApi;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;
import org.springframework.retry.support.RetryTemplate;

/** A platform with agents, which a test compiles with the JDK that runs it. It is asked by an agent's name. */
public final class Shop implements BiFunction<String, String, String>, AutoCloseable {

    /** What a customer wants. */
    public record Order(String article) {}

    /** What a customer gets. */
    public record Receipt(String text) {}

    /** What the manager has heard. */
    public record Report(String text) {}

    @Agent(name = "clerk", description = "sells boots")
    public static class Clerk {

        private final Map<String, Function<String, String>> work;

        Clerk(Map<String, Function<String, String>> work) {
            this.work = work;
        }

        @Action
        public Order take(UserInput input) {
            return new Order(work.get("take").apply(input.getContent()));
        }

        @AchievesGoal(description = "something is sold")
        @Action
        public Receipt sell(Order order, OperationContext context) {
            return context.ai()
                    .withDefaultLlm()
                    .withToolObject(new Till(work))
                    .createObject("Sell " + order.article(), Receipt.class);
        }
    }

    @Agent(name = "manager", description = "has boots sold")
    public static class Manager {

        private final Map<String, Function<String, String>> work;

        Manager(Map<String, Function<String, String>> work) {
            this.work = work;
        }

        @Action
        public Receipt delegate(UserInput input, ActionContext context) {
            return context.asSubProcess(Receipt.class, agent(context.agentPlatform(), "clerk"));
        }

        @AchievesGoal(description = "somebody has sold something")
        @Action
        public Report report(Receipt receipt, ActionContext context) {
            List<String> heard = context.parallelMap(List.of("boots", "hats"), 2, work.get("ask")::apply);
            return new Report(receipt.text() + " " + heard);
        }
    }

    /** Tools of both kinds. */
    public static final class Till {

        private final Map<String, Function<String, String>> work;

        Till(Map<String, Function<String, String>> work) {
            this.work = work;
        }

        @LlmTool(description = "charges a card")
        public String charge(String card) {
            String result = work.get("charge").apply(card);
            if (result.equals("otherwise")) throw new ReplanRequestedException(result);
            return result;
        }

        @org.springframework.ai.tool.annotation.Tool(description = "looks into the store")
        public String stock(String article) {
            return work.get("stock").apply(article);
        }

        /** Whoever asked a tool for its text would never return. */
        @Override
        public String toString() {
            return "till " + this;
        }
    }

    @Configuration
    @ComponentScan({"com.embabel.agent.api", "com.embabel.agent.core", "com.embabel.agent.spi"})
    @ConfigurationPropertiesScan({"com.embabel.agent.api", "com.embabel.agent.core", "com.embabel.agent.spi"})
    @Import({AgentPlatformConfiguration.class, ToolGroupsConfiguration.class})
    static class Platform {

        @Bean
        Jackson2ObjectMapperBuilder jackson() {
            return new Jackson2ObjectMapperBuilder();
        }

        @Bean
        ProviderInitialization provider() {
            return new ProviderInitialization("OpenAI", List.of(), List.of(), Instant.now());
        }
    }

    private final AnnotationConfigApplicationContext spring = new AnnotationConfigApplicationContext();
    private final AgentPlatform platform;

    /**
     * @param model where it is
     * @param settings of the platform
     * @param work what actions and tools do
     */
    public Shop(String model, Map<String, Object> settings, Map<String, Function<String, String>> work) {
        spring.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", settings));
        spring.register(Platform.class);
        spring.registerBean("gpt", LlmService.class, () -> new SpringAiLlmService("gpt-x", "OpenAI", openAi(model)));
        spring.registerBean(Clerk.class, () -> new Clerk(work));
        spring.registerBean(Manager.class, () -> new Manager(work));
        spring.refresh();
        platform = spring.getBean(AgentPlatform.class);
    }

    private static OpenAiChatModel openAi(String url) {
        return OpenAiChatModel.builder()
                .openAiApi(OpenAiApi.builder().baseUrl(url.replaceFirst("/v1$", "")).apiKey("none").build())
                .defaultOptions(OpenAiChatOptions.builder().model("gpt-x").build())
                .retryTemplate(RetryTemplate.builder().maxAttempts(1).build())
                .build();
    }

    private static com.embabel.agent.core.Agent agent(AgentPlatform platform, String name) {
        return platform.agents().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String apply(String agent, String question) {
        AgentProcess process = platform.runAgentFrom(
                agent(platform, agent), ProcessOptions.DEFAULT, Map.of("it", new UserInput(question)));
        Object result = process.lastResult();
        String text = result instanceof Receipt receipt
                ? receipt.text()
                : result instanceof Report report ? report.text() : "nothing";
        return process.getStatus() + " " + process.getId() + " " + text;
    }

    @Override
    public void close() {
        spring.close();
    }
}
