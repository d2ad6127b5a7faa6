package dev.weir.micro;

/** The adapter of {@code HttpURLConnection} stands on the boot loader in the product, and sees the JDK's classes there. */
final class SunNetAccess {

    static final String[] ARGUMENTS = {
        "--add-opens=java.base/sun.net.www=ALL-UNNAMED",
        "--add-opens=java.base/sun.net.www.http=ALL-UNNAMED",
        "--add-opens=java.base/sun.net.www.protocol.http=ALL-UNNAMED"
    };

    private SunNetAccess() {}
}
