package dev.weir.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** What others send must not run in the page, break it, or make it lie. And who may see it. */
class BadInputIT {
    @RegisterExtension
    static final OpenedPage page = new OpenedPage();

    @Test
    void hostileStringsAreTextAndNothingElse() throws Exception {
        String hostile = "#/trace/" + Spans.traceId(Chains.HOSTILE);
        page.open("");
        page.browser.awaitText(".list-row", "<script>window.hacked=2</script>");
        page.open(hostile);
        page.browser.awaitText("h1", Chains.EVIL);
        page.browser.press("e", Keys.ARROW_DOWN, Keys.ENTER);
        page.browser.awaitText(".details", "\\u{202e}gnp.exe");
        page.browser.awaitText(".details", "__proto__");
        page.browser.shoot("hostile-light");
        page.browser.press(Keys.ESCAPE);
        page.browser.size(3000, 950);
        new Actions(page.browser.driver)
                .moveToElement(page.browser.find(".tree-row .key"))
                .perform();
        page.browser.awaitText(".key-card", "<img src=x");
        page.open(hostile + "?view=cascade");
        page.open("#/?text=" + URLEncoder.encode(Chains.EVIL, StandardCharsets.UTF_8));
        page.open(hostile + "?span=%3Cscript%3E");
        assertNull(page.browser.script("return window.hacked ?? null"));
        assertNull(page.browser.script("return ({}).polluted ?? null"));
        assertEquals(
                0,
                page.browser
                        .all("#app img, #app script, #app iframe, #app [onerror], a[href^='javascript']")
                        .size());
        assertEquals(
                List.of(page.serve.page.toString()),
                page.browser.script("return [...new Set(performance.getEntriesByType('resource')"
                        + ".map(e => new URL(e.name).origin + '/'))]"));
    }

    @Test
    void nothingInThePageMayRunThatIsNotItsOwn() {
        page.open("");
        String blocked =
                String.valueOf(page.browser.driver.executeAsyncScript("const done = arguments[0]; const seen = [];"
                        + "addEventListener('securitypolicyviolation', e => { seen.push(e.effectiveDirective);"
                        + "  if (seen.length === 4) done(seen.sort().join()); });"
                        + "const inline = document.createElement('script');"
                        + "try { inline.text = 'window.hacked=1'; } catch (e) {}"
                        + "try { document.body.innerHTML = '<b>'; } catch (e) {}"
                        + "const styled = document.createElement('b'); styled.setAttribute('style', 'color:red'); document.body.append(styled);"
                        + "const image = new Image(); image.src = 'http://127.0.0.1:1/x.png';"));
        assertEquals("img-src,require-trusted-types-for,require-trusted-types-for,style-src-attr", blocked);
        assertFalse(page.browser.leave().isEmpty());
    }

    @Test
    void idsThatMakeNoTreeAreShownAndSaid() throws Exception {
        page.open("#/trace/" + Spans.traceId(Chains.BROKEN));
        page.browser.awaitText(".in-short", "1 span stands at the top: what caused it has not arrived");
        page.browser.awaitText(".in-short", "1 cycle of parents was cut");
        page.browser.awaitText(".in-short", "1 span came again with a span id that was here; the first stayed");
        assertEquals(5, page.browser.all(".tree-row").size());
        assertEquals(
                List.of(
                        "1 ■ a 101 parent",
                        "2 child first",
                        "1 ■ a 101 chicken its parents form a cycle",
                        "2 egg",
                        "1 ■ a 101 left alone its parent has not arrived"),
                levelsAndWords());
        page.browser.shoot("broken-light");
    }

    private static List<String> levelsAndWords() {
        List<String> levels = page.browser.all(".tree-row").stream()
                .map(row -> String.valueOf(row.getDomAttribute("aria-level")))
                .toList();
        List<String> words = page.browser.texts(".tree-row .what");
        return IntStream.range(0, levels.size())
                .mapToObj(i ->
                        levels.get(i) + " " + words.get(i).replace("■ a", "a").replace("a 101", "■ a 101"))
                .toList();
    }

    @Test
    void clocksThatDifferAreSaidAndCorrectedInThePictureOnly() throws Exception {
        page.open("#/trace/" + Spans.traceId(Chains.SKEWED));
        page.browser.awaitText(".in-short", "clock of ledger 106 is 10.00 s behind; corrected in the picture only");
        assertFalse(page.browser.text(".in-short").contains("audit"));
        List<?> lefts = (List<?>) page.browser.script(
                "return [...document.querySelectorAll('.tree-row .bar')].map(bar => parseFloat(bar.style.left))");
        assertEquals(4, lefts.size());
        assertTrue(lefts.stream().allMatch(left -> ((Number) left).doubleValue() >= 0), lefts.toString());
        assertTrue(((Number) lefts.get(1)).doubleValue() < 10, "inside its caller: " + lefts);
        page.browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER);
        page.browser.awaitText(".details", "behind; moved in the picture, as sent in the times above");
        page.browser.shoot("skewed-light");
    }

    @Test
    void fiftyThousandSpansStayUsable() throws Exception {
        try (Serve large = Serve.start()) {
            for (int from = 1; from <= 50_000; from += 5_000) large.send(Chains.large(from, from + 4_999));
            page.browser.go(large, "#/trace/" + Spans.traceId(Chains.LARGE));
            page.browser.awaitText(".chain-head", "50,000 spans");
            assertTrue(rows() < 10_000, "at first a part is open, not " + rows() + " rows");
            page.browser.press("e");
            page.browser.await("all are open", () -> rows() > 50_000);
            page.browser.press(Keys.END);
            page.browser.awaitText(".tree-row.selected", "step");
            int drawn = page.browser.all(".tree-row").size();
            assertTrue(drawn < 120, "only what can be seen is drawn, not " + drawn + " rows");
            page.browser.press("n");
            page.browser.awaitText(".tree-row.selected", "broke");
            page.browser.press("/");
            page.browser.press("step 49000 broke", Keys.ENTER);
            page.browser.await(
                    "one match",
                    () -> page.browser.all(".tree-row:not(.context)").size() == 1);
            page.browser.shoot("large-light");
            assertEquals(List.of(), page.browser.leave());
        }
    }

    /** With the heading. */
    private static int rows() {
        return Integer.parseInt(
                String.valueOf(page.browser.find("[role=treegrid]").getDomAttribute("aria-rowcount")));
    }

    @Test
    void aTokenOpensThePage() throws Exception {
        try (Serve guarded = Serve.start("--token", "s3cret & more")) {
            guarded.send(Chains.calm());
            page.browser.go(guarded, "");
            page.browser.find("#token").sendKeys("wrong", Keys.ENTER);
            page.browser.await(
                    "asked again",
                    () -> Boolean.TRUE.equals(
                            page.browser.script("return document.getElementById('token')?.value === ''")));
            page.browser.find("#token").sendKeys("s3cret & more", Keys.ENTER);
            page.browser.awaitText(".list-row", "GET /stock");
            page.browser.script("sessionStorage.clear()");
            page.browser.go(guarded, "#token=s3cret%20%26%20more");
            page.browser.awaitText(".list-row", "GET /stock");
            assertFalse(page.browser.driver.getCurrentUrl().contains("s3cret"));
            assertTrue(page.browser.leave().stream().allMatch(complaint -> complaint.contains("401")));
        }
    }
}
