package dev.weir.incidents.lostchain;

import dev.weir.incidents.service.Service;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The last process of the chain: tools over a database of its own, which a pool of workers queries. */
public final class ToolServer {

    private ToolServer() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        Database catalogue = new Database("jdbc:h2:mem:tools;DB_CLOSE_DELAY=-1");
        catalogue.execute("CREATE TABLE article (name VARCHAR(40))");
        ExecutorService workers = Executors.newCachedThreadPool();
        Service service = Service.create();
        for (String tool : new String[] {"search", "summarise", "price", "stock"}) {
            service.on(
                    "/" + tool,
                    request -> Service.Reply.ok(tool + " "
                            + workers.submit(() -> catalogue.query("SELECT count(*) FROM article"))
                                    .get()));
        }
        service.on(
                        "/order",
                        request -> Service.Reply.ok("ordered "
                                + workers.submit(() -> catalogue.update(
                                                "INSERT INTO article (name) VALUES (?)", request.query()))
                                        .get()))
                .run();
        workers.shutdown();
    }
}
