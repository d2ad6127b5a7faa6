package dev.weir.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The page as a person on call uses it. */
class PageIT {
    private static final String CASCADE = "#/trace/" + Spans.traceId(Chains.CASCADE);

    @RegisterExtension
    static final OpenedPage page = new OpenedPage();

    @Test
    void theListSaysWhatIsWrongWithWhichChain() throws Exception {
        page.open("");
        page.browser.awaitText(".list-row", "POST /chat");
        String cascade = row("POST /chat");
        assertTrue(cascade.contains("× 27") && cascade.contains("agent, payments, worker"), cascade);
        assertTrue(cascade.contains("retry-budget would have refused 23"), cascade);
        assertTrue(cascade.contains("session customer-17"), cascade);
        String refused = row("invoke_agent booking");
        assertTrue(refused.contains("retry-budget refused 5") && !refused.contains("null"), refused);
        page.browser.awaitText(".status", "7 chains shown, 7 held");
        page.browser.shoot("list-light");
        page.browser.dark();
        page.browser.shoot("list-dark");
    }

    private static String row(String part) {
        return page.browser.texts(".list-row").stream()
                .filter(text -> text.contains(part))
                .findFirst()
                .orElseThrow(() -> new AssertionError(part + " is not in " + page.browser.texts(".list-row")));
    }

    @Test
    void filtersLeaveWhatFits() {
        page.open("");
        choose("#filter-service", "worker");
        expectRows("POST /chat");
        choose("#filter-service", "");
        choose("#filter-verdict", "deny");
        expectRows("invoke_agent booking");
        choose("#filter-verdict", "retry-budget");
        expectRows("invoke_agent booking", "POST /chat");
        choose("#filter-min-amplification", "10");
        expectRows("POST /chat");
        page.browser.find(".filters button").click();
        page.browser.awaitText(".status", "7 chains shown");
        choose("#filter-min-duration-ms", "1000");
        expectRows("POST /chat");
        page.browser.find(".filters button").click();
        page.browser.find("#filter-session").sendKeys("customer-18");
        expectRows("GET /stock");
        assertTrue(page.browser.driver.getCurrentUrl().endsWith("#/?session=customer-18"));
        page.browser.driver.navigate().refresh();
        expectRows("GET /stock");
        page.browser.find(".filters button").click();
        page.browser.find("#filter-text").sendKeys("Order-1001.TXT");
        expectRows("file read /var/reports/order-1001.txt");
        page.browser.find("#filter-text").clear();
        page.browser.find("#filter-text").sendKeys("no such thing");
        page.browser.awaitText(".nothing", "None of the 7 chains fits these filters");
        page.browser.press(Keys.ESCAPE, Keys.ESCAPE);
        page.browser.awaitText(".status", "7 chains shown");
        assertEquals("", page.browser.find("#filter-text").getDomProperty("value"));
        page.browser.find("#filter-failed").click();
        expectRowCount(3);
    }

    private static void choose(String select, String value) {
        page.browser.find(select + " option[value='" + value + "']").click();
    }

    /** These and no others. As many others may have been there before. */
    private static void expectRows(String... parts) {
        page.browser.await("rows with " + List.of(parts) + ", not " + page.browser.texts(".list-row"), () -> {
            List<String> rows = page.browser.texts(".list-row");
            return rows.size() == parts.length
                    && Stream.of(parts).allMatch(part -> rows.stream().anyMatch(row -> row.contains(part)));
        });
    }

    private static void expectRowCount(int count) {
        page.browser.await(count + " rows", () -> page.browser.all(".list-row").size() == count);
    }

    @Test
    void newChainsAppearByThemselves() throws Exception {
        try (Serve other = Serve.start()) {
            page.browser.go(other, "");
            page.browser.awaitText(".nothing", "No spans yet");
            other.send(Chains.calm());
            page.browser.awaitText(".list-row", "GET /stock");
            page.browser.find(".list-row").click();
            page.browser.awaitText(".tree-row", "GET /stock");
            other.send(Spans.trace(Chains.CALM)
                    .span("inventory", SpanKind.SPAN_KIND_CLIENT, 2, 1, "SELECT stock", 5002, 3));
            page.browser.awaitText(".tree-row", "SELECT stock");
            other.close();
            page.browser.awaitText(".problem", "serve does not answer. Is it still running?");
            assertFalse(page.browser.leave().isEmpty(), "the browser itself notes the refused connection");
        }
    }

    @Test
    void aTraceIdFindsWhatIsOnDiskOnly(@TempDir Path data) throws Exception {
        try (Serve small = Serve.start("--data", data.toString(), "--max-traces", "2")) {
            small.send(Chains.cascade());
            small.send(Chains.calm());
            small.send(Chains.refused());
            small.send(Chains.broken());
            page.browser.go(small, "");
            page.browser.awaitText(".status", "2 chains shown, 2 held, 2 older ones let go");
            page.browser.find("#filter-text").sendKeys(Spans.traceId(Chains.CASCADE));
            page.browser.awaitText(".list-row", "POST /chat");
            page.browser.find(".list-row").click();
            page.browser.awaitText(".in-short", "3 × 3 × 3 = 27");
            page.browser.awaitText(".in-short", "older than what serve holds in memory; read from its folder");
            page.browser.shoot("from-disk-light");
            assertEquals(List.of(), page.browser.leave());
        }
    }

    @Test
    void theTreeFoldsAttemptsAndNamesTheirCause() throws Exception {
        page.open(CASCADE);
        page.browser.awaitText("h1", "POST /chat");
        page.browser.awaitText(".in-short", "3 × 3 × 3 = 27 POST /charges by worker");
        page.browser.awaitText(".in-short", "retry-budget would have refused 23 calls");
        page.browser.awaitText(".in-short", "2 spans of other chains link here");
        String rows = page.browser.text(".tree-row");
        assertTrue(rows.contains("POST http://worker:8080/orders 3 attempts failed in the end"), rows);
        assertTrue(rows.contains("POST http://payments:9090/charges 9 attempts failed in the end"), rows);
        assertTrue(rows.contains("9 attempts (no. 10 to 18)"), rows);
        assertTrue(rows.contains("caused by okhttp, try 2"), rows);
        assertTrue(rows.contains("retry-budget would have refused"), rows);
        page.browser.shoot("tree-light");
        page.browser.dark();
        page.browser.shoot("tree-dark");
    }

    @Test
    void theCascadeDrawsEachLayer() throws Exception {
        page.open(CASCADE + "?view=cascade");
        page.browser.awaitText(".product", "3 × 3 × 3 = 27 POST /charges by worker");
        assertEquals(
                List.of(
                        "its own loop agent POST /orders × 3 3",
                        "resilience4j worker POST /charges × 3 9",
                        "okhttp worker POST /charges × 3 27"),
                page.browser.texts(".layers tbody tr"));
        assertEquals(3 + 9 + 27, page.browser.all(".fan .try").size());
        assertEquals(23, page.browser.all(".fan .try.would").size());
        assertEquals(
                "3 × 3 × 3 = 27. its own loop in agent: times 3, 3 in all; resilience4j in worker: times 3, 9 in all;"
                        + " okhttp in worker: times 3, 27 in all",
                page.browser.find(".fan").getDomAttribute("aria-label"));
        page.browser.shoot("cascade-light");
        page.browser.dark();
        page.browser.shoot("cascade-dark");
        page.browser.all(".fan .try.would").get(22).click();
        page.browser.awaitText(".tree-row.selected", "attempt 27");
    }

    @Test
    void whatWasRefusedIsToldFromWhatWouldHaveBeen() throws Exception {
        page.open("#/trace/" + Spans.traceId(Chains.REFUSED));
        page.browser.awaitText(".in-short", "× 4 POST /charge by agent, 5 more refused");
        page.browser.awaitText(".in-short", "retry-budget did refuse 5 calls");
        page.browser.awaitText(".tree-row", "4 attempts, 5 refused");
        page.browser.awaitText(".tree-row", "never went out retry-budget refused");
        page.browser.awaitText(".tree-row", "… 4 more attempts like it");
        page.browser.shoot("refused-light");
    }

    @Test
    void theKeyboardIsEnough() throws Exception {
        page.open("");
        page.browser.awaitText(".status", "7 chains shown");
        page.browser.press("?");
        page.browser.awaitText(".help", "next and previous finding");
        assertEquals(
                "close-help", page.browser.driver.switchTo().activeElement().getDomAttribute("id"));
        page.browser.shoot("help-light");
        page.browser.press(Keys.ESCAPE);
        page.browser.await("help is closed", () -> page.browser.all(".help").isEmpty());
        page.browser.press("/");
        page.browser.press("payments", Keys.ENTER);
        expectRows("POST /chat");
        page.browser.press(Keys.ARROW_DOWN);
        page.browser.awaitText(".list-row.selected", "POST /chat");
        assertEquals(
                page.browser.find(".list-row.selected").getDomAttribute("id"),
                page.browser.find("[role=grid]").getDomAttribute("aria-activedescendant"));
        page.browser.press(Keys.ENTER);
        page.browser.awaitText("h1", "POST /chat");

        page.browser.press(Keys.ARROW_DOWN);
        selected("POST /chat");
        assertEquals("true", page.browser.find(".tree-row.selected").getDomAttribute("aria-expanded"));
        page.browser.press(Keys.ARROW_LEFT);
        page.browser.await("closed", () -> page.browser.all(".tree-row").size() == 1);
        assertEquals("false", page.browser.find(".tree-row.selected").getDomAttribute("aria-expanded"));
        page.browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        selected("chat gpt-4o");
        page.browser.press(Keys.ARROW_LEFT);
        selected("POST /chat");
        page.browser.press("n");
        selected("attempt 1");
        page.browser.press("n");
        selected("POST /orders");
        page.browser.press("p");
        selected("attempt 1");
        page.browser.press(Keys.ENTER);
        page.browser.awaitText(".details", "weir.operation.id op-order");
        page.browser.awaitText(".details", "key of the first attempt");
        page.browser.press("z");
        page.browser.awaitText(".tools", "whole time");
        page.browser.press(Keys.ESCAPE);
        page.browser.await(
                "details are closed", () -> page.browser.all(".details").isEmpty());
        page.browser.press(Keys.ESCAPE);
        page.browser.await("zoomed out", () -> !page.browser.text(".tools").contains("whole time"));
        page.browser.press("m");
        page.browser.awaitText(".product", "= 27");
        page.browser.press("t");
        page.browser.find("[role=treegrid]");
        page.browser.press("c");
        page.browser.await("all closed", () -> page.browser.all(".tree-row").size() == 1);
        page.browser.press("e");
        page.browser.await("all open", () -> page.browser.all(".tree-row").size() > 20);
        page.browser.press("/");
        page.browser.press("provider down", Keys.ENTER);
        page.browser.awaitText(".tree-row:not(.context)", "provider down");
        assertTrue(page.browser.all(".tree-row.context").size() > 3, "what the found spans hang from stays");
        page.browser.press(Keys.ESCAPE);
        page.browser.await(
                "search is over", () -> page.browser.all(".tree-row.context").isEmpty());
        page.browser.press(Keys.ESCAPE);
        expectRows("POST /chat");
    }

    private static void selected(String part) {
        page.browser.awaitText(".tree-row.selected", part);
        assertEquals(
                page.browser.find(".tree-row.selected").getDomAttribute("id"),
                page.browser.find("[role=treegrid]").getDomAttribute("aria-activedescendant"));
    }

    @Test
    void theHelpKeepsTheFocusAndGivesItBack() throws Exception {
        page.open("");
        page.browser.awaitText(".status", "7 chains shown");
        page.browser.find("#filter-failed").click();
        expectRowCount(3);
        page.browser.press("?");
        page.browser.find(".help");
        for (int i = 0; i < 12; i++) {
            page.browser.press(i % 3 == 2 ? Keys.chord(Keys.SHIFT, Keys.TAB) : Keys.TAB);
            assertEquals(false, focusIsBehindHelp(), "after " + i);
        }
        page.browser.script("document.getElementById('filter-text').focus()");
        assertEquals(false, focusIsBehindHelp());
        page.browser.press(Keys.ESCAPE);
        page.browser.await("help is closed", () -> page.browser.all(".help").isEmpty());
        assertEquals("filter-failed", page.browser.script("return document.activeElement.id"));
        page.browser.find("#help").click();
        page.browser.find("#close-help").click();
        page.browser.await("help is closed", () -> page.browser.all(".help").isEmpty());
        assertEquals("help", page.browser.script("return document.activeElement.id"));
        page.browser.press(Keys.TAB);
        assertEquals(true, focusIsBehindHelp(), "closed, it holds nothing back");
    }

    private static Object focusIsBehindHelp() {
        return page.browser.script(
                "const at = document.activeElement; return at !== document.body && !at.closest('.help')");
    }

    @Test
    void aKeyShowsWhereElseItWasSent() throws Exception {
        page.open(CASCADE);
        page.browser.awaitText(".tree-row", "key 43c1c5");
        WebElement chip = page.browser.all(".tree-row .key").stream()
                .filter(each -> each.getText().equals("key 43c1c5"))
                .findFirst()
                .orElseThrow();
        new Actions(page.browser.driver).moveToElement(chip).perform();
        page.browser.awaitText(".key-card", "27 spans of this chain (marked), 1 span of other chains");
        page.browser.awaitText(".key-card", "reporter: POST");
        assertTrue(page.browser.all(".tree-row.same-key").size() > 5);
        page.browser.shoot("key-light");
        chip.click();
        page.browser.awaitText(".siblings", "1 span of other chains has it too");
        page.browser.shoot("details-light");
        page.browser.dark();
        page.browser.shoot("details-dark");
        page.browser.find(".siblings a").click();
        page.browser.awaitText("h1", "file read /var/reports/order-1001.txt");
        page.browser.awaitText(".in-short", "linked to 1 other chain");
        page.browser.awaitText(".tree-row.selected", "POST");
    }

    @Test
    void theSwitchOverrulesTheSystem() {
        page.open("");
        assertEquals("rgb(255, 255, 255)", background());
        page.browser.dark();
        assertEquals("rgb(20, 23, 28)", background());
        page.browser.press("d");
        page.browser.await("light", () -> background().equals("rgb(255, 255, 255)"));
        page.browser.driver.navigate().refresh();
        page.browser.find(".list-row");
        assertEquals("rgb(255, 255, 255)", background());
        page.browser.find("#theme").click();
        page.browser.await("dark", () -> background().equals("rgb(20, 23, 28)"));
        page.browser.script("localStorage.clear()");
    }

    private static String background() {
        return String.valueOf(page.browser.script("return getComputedStyle(document.documentElement).backgroundColor"));
    }

    @Test
    void everythingHasANameARoleAndContrast() {
        for (String scheme : List.of("light", "dark")) {
            if (scheme.equals("dark")) page.browser.dark();
            for (String path :
                    List.of("", CASCADE, CASCADE + "?view=cascade", "#/trace/" + Spans.traceId(Chains.REFUSED))) {
                page.open(path);
                if (path.equals(CASCADE)) page.browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER, "?");
                assertEquals(List.of(), page.browser.script(Accessibility.UNNAMED), path);
                assertEquals(List.of(), page.browser.script(Accessibility.FAINT), scheme + " " + path);
            }
        }
        page.browser.script(
                "const faint = document.createElement('button'); faint.style.color = '#777';"
                        + "faint.textContent = 'faint'; document.querySelector('.top').append(faint, document.createElement('a'))");
        assertEquals("[<a></a>]", String.valueOf(page.browser.script(Accessibility.UNNAMED)));
        assertTrue(
                String.valueOf(page.browser.script(Accessibility.FAINT)).contains("'faint' "),
                "the check sees what is faint");
    }

    @Test
    void aNarrowWindowKeepsWhatMatters() throws Exception {
        page.browser.size(420, 800);
        page.open("");
        page.browser.awaitText(".list-row", "POST /chat");
        page.browser.shoot("list-narrow");
        page.open(CASCADE);
        page.browser.awaitText(".tree-row", "attempt 1");
        page.browser.shoot("tree-narrow");
        assertEquals(true, page.browser.script("return document.documentElement.scrollWidth <= innerWidth"));
    }
}
