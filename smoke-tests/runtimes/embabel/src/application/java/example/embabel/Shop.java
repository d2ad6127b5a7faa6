package example.embabel;

import com.embabel.agent.api.annotation.AchievesGoal;
import com.embabel.agent.api.annotation.Action;
import com.embabel.agent.api.annotation.Agent;
import com.embabel.agent.api.common.ActionContext;
import com.embabel.agent.api.common.OperationContext;
import com.embabel.agent.core.AgentPlatform;
import com.embabel.agent.core.AgentProcess;
import com.embabel.agent.core.ProcessOptions;
import com.embabel.agent.domain.io.UserInput;
import com.embabel.agent.spi.LlmService;
import com.embabel.agent.spi.config.spring.AgentPlatformConfiguration;
import com.embabel.agent.spi.config.spring.ToolGroupsConfiguration;
import com.embabel.agent.spi.support.springai.SpringAiLlmService;
import com.embabel.common.ai.autoconfig.ProviderInitialization;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.api.OpenAiApi;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** Answers one customer: {@code <agent> <question> --<setting>=<value>…}. */
public final class Shop {

    private Shop() {}

    /** What a customer wants. */
    public record Order(String article) {}

    /** What a customer gets. */
    public record Receipt(String text) {}

    /** What the manager says. */
    public record Report(String text) {}

    @Agent(name = "clerk", description = "sells boots")
    public static class Clerk {

        private final ShopTools tools;

        public Clerk(ShopTools tools) {
            this.tools = tools;
        }

        /** Tried again when the warehouse is busy. */
        @Action
        public Order take(UserInput input) throws Exception {
            return new Order(tools.reserve(input.getContent()));
        }

        @AchievesGoal(description = "something is sold")
        @Action
        public Receipt sell(Order order, OperationContext context) {
            return context.ai()
                    .withDefaultLlm()
                    .withToolObject(tools)
                    .createObject("Sell " + order.article(), Receipt.class);
        }
    }

    @Agent(name = "manager", description = "has boots sold")
    public static class Manager {

        @Action
        public Receipt delegate(UserInput input, ActionContext context) {
            return context.asSubProcess(Receipt.class, agent(context.agentPlatform(), "clerk"));
        }

        @AchievesGoal(description = "somebody has sold something")
        @Action
        public Report report(Receipt receipt) {
            return new Report(receipt.text());
        }
    }

    /** What Embabel's starters configure, with one model. */
    @Configuration
    @EnableAutoConfiguration
    @ComponentScan({"com.embabel.agent.api", "com.embabel.agent.core", "com.embabel.agent.spi"})
    @ConfigurationPropertiesScan({"com.embabel.agent.api", "com.embabel.agent.core", "com.embabel.agent.spi"})
    @Import({
        AgentPlatformConfiguration.class,
        ToolGroupsConfiguration.class,
        Clerk.class,
        Manager.class,
        ShopTools.class
    })
    static class Application {

        @Bean
        ProviderInitialization provider() {
            return new ProviderInitialization("OpenAI", List.of(), List.of(), Instant.now());
        }

        @Bean
        LlmService<?> model(Environment settings) {
            return new SpringAiLlmService(
                    "gpt-x",
                    "OpenAI",
                    OpenAiChatModel.builder()
                            .openAiApi(OpenAiApi.builder()
                                    .baseUrl(settings.getRequiredProperty("shop.model"))
                                    .apiKey("none")
                                    .build())
                            .defaultOptions(
                                    OpenAiChatOptions.builder().model("gpt-x").build())
                            .build());
        }
    }

    public static void main(String[] arguments) {
        ConfigurableApplicationContext spring = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(Arrays.copyOfRange(arguments, 2, arguments.length));
        AgentPlatform platform = spring.getBean(AgentPlatform.class);
        AgentProcess process = platform.runAgentFrom(
                agent(platform, arguments[0]), ProcessOptions.DEFAULT, Map.of("it", new UserInput(arguments[1])));
        System.out.println("answer " + process.lastResult() + " of " + process.getId());
        spring.close();
        System.exit(0);
    }

    private static com.embabel.agent.core.Agent agent(AgentPlatform platform, String name) {
        return platform.agents().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
