package dev.weir.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One browser and one {@code serve} with chains of every kind, for all tests of a class. */
final class OpenedPage implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    Browser browser;
    Serve serve;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        browser = Browser.open();
        serve = Serve.start();
        serve.send(Chains.cascade());
        serve.send(Chains.fileReader());
        serve.send(Chains.calm());
        serve.send(Chains.refused());
        serve.send(Chains.hostile());
        serve.send(Chains.broken());
        serve.send(Chains.skewed());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        browser.size(1500, 950);
        browser.light();
    }

    void open(String path) {
        browser.go(serve, path);
        browser.await(
                "the page shows something",
                () -> !browser.all(".tree-row, .list-row, .cascade, .nothing, #token")
                        .isEmpty());
    }

    /** Nothing was blocked, and nothing broke. */
    @Override
    public void afterEach(ExtensionContext context) {
        assertEquals(List.of(), browser.leave());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (serve != null) serve.close();
        if (browser != null) browser.close();
    }
}
