package dev.weir.benchmark.springboot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows items of a table, as small applications do; says its port when it is ready, and ends when told to. */
@SpringBootApplication
@RestController
public class ItemApplication {

    private final JdbcTemplate jdbc;

    public ItemApplication(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @GetMapping("/item/{id}")
    @Nullable
    String item(@PathVariable("id") int id) {
        return jdbc.queryForObject("select name from item where id = ?", String.class, id);
    }

    public static void main(String[] args) throws IOException {
        ConfigurableApplicationContext context = SpringApplication.run(ItemApplication.class, args);
        System.out.println("benchmark: " + context.getEnvironment().getProperty("local.server.port"));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals("stop")) {
                break;
            }
        }
        System.exit(SpringApplication.exit(context));
    }
}
