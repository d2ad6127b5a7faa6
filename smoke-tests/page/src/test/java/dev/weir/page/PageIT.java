package dev.weir.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The page as a person on call uses it: one browser, one {@code serve}, chains of every kind. */
class PageIT {
    private static final String CASCADE = "#/trace/" + Spans.traceId(Chains.CASCADE);

    private static Browser browser;
    private static Serve serve;

    @BeforeAll
    static void start() throws Exception {
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

    @AfterAll
    static void end() {
        if (serve != null) serve.close();
        if (browser != null) browser.close();
    }

    @BeforeEach
    void light() {
        browser.size(1500, 950);
        browser.light();
    }

    @AfterEach
    void nothingWasBlockedOrBroke() {
        browser.expectNoComplaints();
    }

    private static void open(String path) {
        browser.go(serve, path);
        browser.await(
                "the page shows something",
                () -> !browser.all(".tree-row, .list-row, .cascade, .nothing, #token")
                        .isEmpty());
    }

    @Test
    void theListSaysWhatIsWrongWithWhichChain() throws Exception {
        open("");
        browser.awaitText(".list-row", "POST /chat");
        String cascade = row("POST /chat");
        assertTrue(cascade.contains("× 27") && cascade.contains("agent, payments, worker"), cascade);
        assertTrue(cascade.contains("retry-budget would have refused 23"), cascade);
        assertTrue(cascade.contains("session customer-17"), cascade);
        assertTrue(row("invoke_agent booking").contains("retry-budget refused 5"), browser.text(".list-row"));
        browser.awaitText(".status", "7 chains shown, 7 held");
        browser.shoot("list-light");
        browser.dark();
        browser.shoot("list-dark");
    }

    private static String row(String part) {
        return browser.texts(".list-row").stream()
                .filter(text -> text.contains(part))
                .findFirst()
                .orElseThrow(() -> new AssertionError(part + " is not in " + browser.texts(".list-row")));
    }

    @Test
    void filtersLeaveWhatFits() {
        open("");
        choose("#filter-service", "worker");
        expectRows("POST /chat");
        choose("#filter-service", "");
        choose("#filter-verdict", "deny");
        expectRows("invoke_agent booking");
        choose("#filter-verdict", "retry-budget");
        expectRows("invoke_agent booking", "POST /chat");
        choose("#filter-min-amplification", "10");
        expectRows("POST /chat");
        browser.find(".filters button").click();
        browser.awaitText(".status", "7 chains shown");
        choose("#filter-min-duration-ms", "1000");
        expectRows("POST /chat");
        browser.find(".filters button").click();
        browser.find("#filter-session").sendKeys("customer-18");
        expectRows("GET /stock");
        assertTrue(browser.driver.getCurrentUrl().endsWith("#/?session=customer-18"));
        browser.driver.navigate().refresh();
        expectRows("GET /stock");
        browser.find(".filters button").click();
        browser.find("#filter-text").sendKeys("Order-1001.TXT");
        expectRows("file read /var/reports/order-1001.txt");
        browser.find("#filter-text").clear();
        browser.find("#filter-text").sendKeys("no such thing");
        browser.awaitText(".nothing", "None of the 7 chains fits these filters");
        browser.press(Keys.ESCAPE, Keys.ESCAPE);
        browser.awaitText(".status", "7 chains shown");
        assertEquals("", browser.find("#filter-text").getDomProperty("value"));
        browser.find("#filter-failed").click();
        expectRowCount(3);
    }

    private static void choose(String select, String value) {
        browser.find(select + " option[value='" + value + "']").click();
    }

    private static void expectRows(String... parts) {
        expectRowCount(parts.length);
        for (String part : parts) row(part);
    }

    private static void expectRowCount(int count) {
        browser.await(count + " rows", () -> browser.all(".list-row").size() == count);
    }

    @Test
    void newChainsAppearByThemselves() throws Exception {
        try (Serve other = Serve.start()) {
            browser.go(other, "");
            browser.awaitText(".nothing", "No spans yet");
            other.send(Chains.calm());
            browser.awaitText(".list-row", "GET /stock");
            browser.find(".list-row").click();
            browser.awaitText(".tree-row", "GET /stock");
            other.send(Spans.trace(Chains.CALM)
                    .span("inventory", SpanKind.SPAN_KIND_CLIENT, 2, 1, "SELECT stock", 5002, 3));
            browser.awaitText(".tree-row", "SELECT stock");
            other.close();
            browser.awaitText(".problem", "serve does not answer. Is it still running?");
        }
        assertFalse(browser.console().isEmpty(), "the browser itself notes the refused connection");
    }

    @Test
    void theTreeFoldsAttemptsAndNamesTheirCause() throws Exception {
        open(CASCADE);
        browser.awaitText("h1", "POST /chat");
        browser.awaitText(".in-short", "3 × 3 × 3 = 27 POST /charges by worker");
        browser.awaitText(".in-short", "retry-budget would have refused 23 calls");
        browser.awaitText(".in-short", "2 spans of other chains link here");
        String rows = browser.text(".tree-row");
        assertTrue(rows.contains("POST http://worker:8080/orders 3 attempts failed in the end"), rows);
        assertTrue(rows.contains("POST http://payments:9090/charges 9 attempts failed in the end"), rows);
        assertTrue(rows.contains("9 attempts (no. 10 to 18)"), rows);
        assertTrue(rows.contains("caused by okhttp, try 2"), rows);
        assertTrue(rows.contains("retry-budget would have refused"), rows);
        browser.shoot("tree-light");
        browser.dark();
        browser.shoot("tree-dark");
    }

    @Test
    void theCascadeDrawsEachLayer() throws Exception {
        open(CASCADE + "?view=cascade");
        browser.awaitText(".product", "3 × 3 × 3 = 27 POST /charges by worker");
        assertEquals(
                List.of(
                        "its own loop agent POST /orders × 3 3",
                        "resilience4j worker POST /charges × 3 9",
                        "okhttp worker POST /charges × 3 27"),
                browser.texts(".layers tbody tr"));
        assertEquals(3 + 9 + 27, browser.all(".fan .try").size());
        assertEquals(23, browser.all(".fan .try.would").size());
        assertEquals(
                "3 × 3 × 3 = 27. its own loop in agent: times 3, 3 in all; resilience4j in worker: times 3, 9 in all;"
                        + " okhttp in worker: times 3, 27 in all",
                browser.find(".fan").getDomAttribute("aria-label"));
        browser.shoot("cascade-light");
        browser.dark();
        browser.shoot("cascade-dark");
        browser.all(".fan .try.would").get(22).click();
        browser.awaitText(".tree-row.selected", "attempt 27");
    }

    @Test
    void whatWasRefusedIsToldFromWhatWouldHaveBeen() throws Exception {
        open("#/trace/" + Spans.traceId(Chains.REFUSED));
        browser.awaitText(".in-short", "× 4 POST /charge by agent, 5 more refused");
        browser.awaitText(".in-short", "retry-budget did refuse 5 calls");
        browser.awaitText(".tree-row", "4 attempts, 5 refused");
        browser.awaitText(".tree-row", "never went out retry-budget refused");
        browser.awaitText(".tree-row", "… 4 more attempts like it");
        browser.shoot("refused-light");
    }

    @Test
    void theKeyboardIsEnough() throws Exception {
        open("");
        browser.awaitText(".status", "7 chains shown");
        browser.press("?");
        browser.awaitText(".help", "next and previous finding");
        assertEquals("close-help", browser.driver.switchTo().activeElement().getDomAttribute("id"));
        browser.shoot("help-light");
        browser.press(Keys.ESCAPE);
        browser.await("help is closed", () -> browser.all(".help").isEmpty());
        browser.press("/");
        browser.press("payments", Keys.ENTER);
        expectRows("POST /chat");
        browser.press(Keys.ARROW_DOWN);
        browser.awaitText(".list-row.selected", "POST /chat");
        assertEquals(
                browser.find(".list-row.selected").getDomAttribute("id"),
                browser.find("[role=grid]").getDomAttribute("aria-activedescendant"));
        browser.press(Keys.ENTER);
        browser.awaitText("h1", "POST /chat");

        browser.press(Keys.ARROW_DOWN);
        selected("POST /chat");
        assertEquals("true", browser.find(".tree-row.selected").getDomAttribute("aria-expanded"));
        browser.press(Keys.ARROW_LEFT);
        browser.await("closed", () -> browser.all(".tree-row").size() == 1);
        assertEquals("false", browser.find(".tree-row.selected").getDomAttribute("aria-expanded"));
        browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        selected("chat gpt-4o");
        browser.press(Keys.ARROW_LEFT);
        selected("POST /chat");
        browser.press("n");
        selected("attempt 1");
        browser.press("n");
        selected("POST /orders");
        browser.press("p");
        selected("attempt 1");
        browser.press(Keys.ENTER);
        browser.awaitText(".details", "weir.operation.id op-order");
        browser.awaitText(".details", "key of the first attempt");
        browser.press("z");
        browser.awaitText(".tools", "whole time");
        browser.press(Keys.ESCAPE);
        browser.await("details are closed", () -> browser.all(".details").isEmpty());
        browser.press(Keys.ESCAPE);
        browser.await("zoomed out", () -> !browser.text(".tools").contains("whole time"));
        browser.press("m");
        browser.awaitText(".product", "= 27");
        browser.press("t");
        browser.find("[role=treegrid]");
        browser.press("c");
        browser.await("all closed", () -> browser.all(".tree-row").size() == 1);
        browser.press("e");
        browser.await("all open", () -> browser.all(".tree-row").size() > 20);
        browser.press("/");
        browser.press("provider down", Keys.ENTER);
        browser.awaitText(".tree-row:not(.context)", "provider down");
        assertTrue(browser.all(".tree-row.context").size() > 3, "what the found spans hang from stays");
        browser.press(Keys.ESCAPE);
        browser.await("search is over", () -> browser.all(".tree-row.context").isEmpty());
        browser.press(Keys.ESCAPE);
        expectRows("POST /chat");
    }

    private static void selected(String part) {
        browser.awaitText(".tree-row.selected", part);
        assertEquals(
                browser.find(".tree-row.selected").getDomAttribute("id"),
                browser.find("[role=treegrid]").getDomAttribute("aria-activedescendant"));
    }

    @Test
    void aKeyShowsWhereElseItWasSent() throws Exception {
        open(CASCADE);
        browser.awaitText(".tree-row", "key 43c1c5");
        WebElement chip = browser.all(".tree-row .key").stream()
                .filter(each -> each.getText().equals("key 43c1c5"))
                .findFirst()
                .orElseThrow();
        new Actions(browser.driver).moveToElement(chip).perform();
        browser.awaitText(".key-card", "27 spans of this chain (marked), 1 span of other chains");
        browser.awaitText(".key-card", "reporter: POST");
        assertTrue(browser.all(".tree-row.same-key").size() > 5);
        browser.shoot("key-light");
        chip.click();
        browser.awaitText(".siblings", "1 span of other chains have it too");
        browser.shoot("details-light");
        browser.dark();
        browser.shoot("details-dark");
        browser.find(".siblings a").click();
        browser.awaitText("h1", "file read /var/reports/order-1001.txt");
        browser.awaitText(".in-short", "linked to 1 other chain");
        browser.awaitText(".tree-row.selected", "POST");
    }

    @Test
    void theSwitchOverrulesTheSystem() {
        open("");
        assertEquals("rgb(255, 255, 255)", background());
        browser.dark();
        assertEquals("rgb(20, 23, 28)", background());
        browser.press("d");
        browser.await("light", () -> background().equals("rgb(255, 255, 255)"));
        browser.driver.navigate().refresh();
        browser.find(".list-row");
        assertEquals("rgb(255, 255, 255)", background());
        browser.find("#theme").click();
        browser.await("dark", () -> background().equals("rgb(20, 23, 28)"));
        browser.script("localStorage.clear()");
    }

    private static String background() {
        return String.valueOf(browser.script("return getComputedStyle(document.documentElement).backgroundColor"));
    }

    @Test
    void hostileStringsAreTextAndNothingElse() throws Exception {
        String hostile = "#/trace/" + Spans.traceId(Chains.HOSTILE);
        open("");
        browser.awaitText(".list-row", "<script>window.hacked=2</script>");
        open(hostile);
        browser.awaitText("h1", Chains.EVIL);
        browser.press("e", Keys.ARROW_DOWN, Keys.ENTER);
        browser.awaitText(".details", "\\u{202e}gnp.exe");
        browser.awaitText(".details", "__proto__");
        browser.shoot("hostile-light");
        browser.press(Keys.ESCAPE);
        browser.size(3000, 950);
        new Actions(browser.driver)
                .moveToElement(browser.find(".tree-row .key"))
                .perform();
        browser.awaitText(".key-card", "<img src=x");
        open(hostile + "?view=cascade");
        open("#/?text=" + URLEncoder.encode(Chains.EVIL, StandardCharsets.UTF_8));
        open(hostile + "?span=%3Cscript%3E");
        assertNull(browser.script("return window.hacked ?? null"));
        assertNull(browser.script("return ({}).polluted ?? null"));
        assertEquals(
                0,
                browser.all("#app img, #app script, #app iframe, #app [onerror], a[href^='javascript']")
                        .size());
        assertEquals(
                List.of(serve.page.toString()),
                browser.script("return [...new Set(performance.getEntriesByType('resource')"
                        + ".map(e => new URL(e.name).origin + '/'))]"));
    }

    @Test
    void nothingInThePageMayRunThatIsNotItsOwn() {
        open("");
        String blocked = String.valueOf(browser.driver.executeAsyncScript("const done = arguments[0]; const seen = [];"
                + "addEventListener('securitypolicyviolation', e => { seen.push(e.effectiveDirective);"
                + "  if (seen.length === 4) done(seen.sort().join()); });"
                + "const inline = document.createElement('script');"
                + "try { inline.text = 'window.hacked=1'; } catch (e) {}"
                + "try { document.body.innerHTML = '<b>'; } catch (e) {}"
                + "const styled = document.createElement('b'); styled.setAttribute('style', 'color:red'); document.body.append(styled);"
                + "const image = new Image(); image.src = 'http://127.0.0.1:1/x.png';"));
        assertEquals("img-src,require-trusted-types-for,require-trusted-types-for,style-src-attr", blocked);
        assertFalse(browser.console().isEmpty());
    }

    @Test
    void idsThatMakeNoTreeAreShownAndSaid() throws Exception {
        open("#/trace/" + Spans.traceId(Chains.BROKEN));
        browser.awaitText(".in-short", "1 span stands at the top: what caused it has not arrived");
        browser.awaitText(".in-short", "1 cycle of parents was cut");
        browser.awaitText(".in-short", "1 span came again with a span id that was here; the first stayed");
        assertEquals(5, browser.all(".tree-row").size());
        assertEquals(
                List.of(
                        "1 ■ a 101 parent",
                        "2 child first",
                        "1 ■ a 101 chicken its parents form a cycle",
                        "2 egg",
                        "1 ■ a 101 left alone its parent has not arrived"),
                levelsAndWords());
        browser.shoot("broken-light");
    }

    private static List<String> levelsAndWords() {
        List<String> levels = browser.all(".tree-row").stream()
                .map(row -> String.valueOf(row.getDomAttribute("aria-level")))
                .toList();
        List<String> words = browser.texts(".tree-row .what");
        return IntStream.range(0, levels.size())
                .mapToObj(i ->
                        levels.get(i) + " " + words.get(i).replace("■ a", "a").replace("a 101", "■ a 101"))
                .toList();
    }

    @Test
    void clocksThatDifferAreSaidAndCorrectedInThePictureOnly() throws Exception {
        open("#/trace/" + Spans.traceId(Chains.SKEWED));
        browser.awaitText(".in-short", "clock of ledger 106 is 10.00 s behind; corrected in the picture only");
        assertFalse(browser.text(".in-short").contains("audit"));
        List<?> lefts = (List<?>) browser.script(
                "return [...document.querySelectorAll('.tree-row .bar')].map(bar => parseFloat(bar.style.left))");
        assertEquals(4, lefts.size());
        assertTrue(lefts.stream().allMatch(left -> ((Number) left).doubleValue() >= 0), lefts.toString());
        assertTrue(((Number) lefts.get(1)).doubleValue() < 10, "inside its caller: " + lefts);
        browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER);
        browser.awaitText(".details", "behind; moved in the picture, as sent in the times above");
        browser.shoot("skewed-light");
    }

    @Test
    void fiftyThousandSpansStayUsable() throws Exception {
        try (Serve large = Serve.start()) {
            for (int from = 1; from <= 50_000; from += 5_000) large.send(Chains.large(from, from + 4_999));
            browser.go(large, "#/trace/" + Spans.traceId(Chains.LARGE));
            browser.awaitText(".chain-head", "50,000 spans");
            assertTrue(rows() < 10_000, "at first a part is open, not " + rows() + " rows");
            browser.press("e");
            browser.await("all are open", () -> rows() > 50_000);
            browser.press(Keys.END);
            browser.awaitText(".tree-row.selected", "step");
            int drawn = browser.all(".tree-row").size();
            assertTrue(drawn < 120, "only what can be seen is drawn, not " + drawn + " rows");
            browser.press("n");
            browser.awaitText(".tree-row.selected", "broke");
            browser.press("/");
            browser.press("step 49000 broke", Keys.ENTER);
            browser.await(
                    "one match", () -> browser.all(".tree-row:not(.context)").size() == 1);
            browser.shoot("large-light");
        }
    }

    /** With the heading. */
    private static int rows() {
        return Integer.parseInt(String.valueOf(browser.find("[role=treegrid]").getDomAttribute("aria-rowcount")));
    }

    @Test
    void aTokenOpensThePage() throws Exception {
        try (Serve guarded = Serve.start("--token", "s3cret & more")) {
            guarded.send(Chains.calm());
            browser.go(guarded, "");
            browser.find("#token").sendKeys("wrong", Keys.ENTER);
            browser.await("asked again", () -> !browser.all("#token").isEmpty());
            browser.find("#token").clear();
            browser.find("#token").sendKeys("s3cret & more", Keys.ENTER);
            browser.awaitText(".list-row", "GET /stock");
            browser.script("sessionStorage.clear()");
            browser.go(guarded, "#token=s3cret%20%26%20more");
            browser.awaitText(".list-row", "GET /stock");
            assertFalse(browser.driver.getCurrentUrl().contains("s3cret"));
            browser.console();
        }
    }

    @Test
    void everythingHasANameARoleAndContrast() {
        for (String scheme : List.of("light", "dark")) {
            if (scheme.equals("dark")) browser.dark();
            for (String path :
                    List.of("", CASCADE, CASCADE + "?view=cascade", "#/trace/" + Spans.traceId(Chains.REFUSED))) {
                open(path);
                if (path.equals(CASCADE)) browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER, "?");
                assertEquals(List.of(), browser.script(Accessibility.UNNAMED), path);
                assertEquals(List.of(), browser.script(Accessibility.FAINT), scheme + " " + path);
            }
        }
    }

    @Test
    void aNarrowWindowKeepsWhatMatters() throws Exception {
        browser.size(420, 800);
        open("");
        browser.awaitText(".list-row", "POST /chat");
        browser.shoot("list-narrow");
        open(CASCADE);
        browser.awaitText(".tree-row", "attempt 1");
        browser.shoot("tree-narrow");
        assertEquals(true, browser.script("return document.documentElement.scrollWidth <= innerWidth"));
    }
}
