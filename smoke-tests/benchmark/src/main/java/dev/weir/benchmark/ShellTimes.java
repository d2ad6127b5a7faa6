package dev.weir.benchmark;

import java.io.IOException;

/** What bash's {@code time} says of a command with {@code TIMEFORMAT='%R %U %S'}. */
record ShellTimes(double wallMillis, double userMillis, double systemMillis) {

    static ShellTimes parse(String text) throws IOException {
        String[] words = text.strip().split(" ");
        try {
            return new ShellTimes(millis(words[0]), millis(words[1]), millis(words[2]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("bash's time said \"" + text.strip() + "\" instead of three numbers", e);
        }
    }

    private static double millis(String seconds) {
        return Double.parseDouble(seconds) * 1_000;
    }
}
