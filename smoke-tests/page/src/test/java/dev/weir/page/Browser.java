package dev.weir.page;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium without a screen. It can reach this machine only. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path SHOTS = Path.of("target", "screenshots");

    /** Held, so that it stays quiet about a protocol version that is not used. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Skips the test where the browser or its driver is not installed. */
    static Browser open() throws IOException {
        File chromium = onPath("chromium", "chromium-browser", "google-chrome");
        File chromedriver = onPath("chromedriver");
        if (chromium == null || chromedriver == null) {
            String why = "smoke-tests/page: skipped, no chromium with chromedriver on the PATH"
                    + " (Debian: apt-get install chromium chromium-driver)";
            System.out.println(why);
            abort(why);
        }
        SELENIUM.setLevel(Level.SEVERE);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium);
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless=new",
                // Debian's Chromium refuses to run as root otherwise; it shows only what this test serves.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-extensions",
                "--disable-background-networking",
                "--no-first-run",
                "--force-color-profile=srgb",
                "--window-size=1500,950",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver)
                .usingAnyFreePort()
                .build();
        Files.createDirectories(SHOTS);
        return new Browser(new ChromeDriver(service, options));
    }

    private static @Nullable File onPath(String... names) {
        for (String name : names) {
            for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
                File file = new File(folder, name);
                if (file.canExecute() && file.isFile()) return file;
            }
        }
        return null;
    }

    void go(Serve serve, String path) {
        // A mere change of the fragment would keep the page and what it remembers.
        driver.get("about:blank");
        driver.get(serve.page + path);
    }

    void light() {
        scheme("light");
    }

    void dark() {
        scheme("dark");
    }

    private void scheme(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    WebElement find(String css) {
        await("there is " + css, () -> !all(css).isEmpty());
        return driver.findElement(By.cssSelector(css));
    }

    List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    /** The text of all elements, as one reads it. */
    List<String> texts(String css) {
        Object texts = script(
                "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.replace(/\\s+/g, ' ').trim())",
                css);
        return ((List<?>) texts).stream().map(String::valueOf).toList();
    }

    String text(String css) {
        return String.join("\n", texts(css));
    }

    void awaitText(String css, String part) {
        await(
                () -> css + " says '" + part + "' but says '" + text(css) + "'",
                () -> text(css).contains(part));
    }

    void await(String what, BooleanSupplier condition) {
        await(() -> what, condition);
    }

    private void await(Supplier<String> what, BooleanSupplier condition) {
        try {
            new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50)).until(any -> condition.getAsBoolean());
        } catch (TimeoutException e) {
            throw new AssertionError("waited in vain: " + what.get() + "; console: " + console(), e);
        }
    }

    void press(CharSequence... keys) {
        for (CharSequence key : keys) new Actions(driver).sendKeys(key).perform();
    }

    @Nullable
    Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    void shoot(String name) throws IOException {
        Files.write(SHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    }

    /** What the browser complained about since the last look: errors, and what the page's policy blocked. */
    private List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    /** Leaves the page, so that it asks nobody any more, and says what the browser complained about on it. */
    List<String> leave() {
        driver.get("about:blank");
        return console();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
