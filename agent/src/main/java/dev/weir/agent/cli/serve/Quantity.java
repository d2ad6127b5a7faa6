package dev.weir.agent.cli.serve;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers with a unit as they are written on the command line. */
public final class Quantity {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*([a-z]*)");

    private Quantity() {}

    /** {@code 500ms}, {@code 1s}, {@code 2m}. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            Matcher form = FORM.matcher(value.strip().toLowerCase(Locale.ROOT));
            long millis = !form.matches()
                    ? 0
                    : switch (form.group(2)) {
                        case "ms" -> 1;
                        case "s" -> 1_000;
                        case "m" -> 60_000;
                        default -> 0;
                    };
            long amount = millis == 0 ? 0 : Long.parseLong(form.group(1));
            if (amount == 0 || amount > Duration.ofHours(1).toMillis() / millis) {
                throw new TypeConversionException(
                        "'" + value + "' is not a duration up to one hour. Write, for example, 500ms, 1s or 2m.");
            }
            return Duration.ofMillis(amount * millis);
        }
    }

    /** {@code 30m}, {@code 24h}, {@code 7d}. */
    public static final class Age implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            Matcher form = FORM.matcher(value.strip().toLowerCase(Locale.ROOT));
            long seconds = !form.matches()
                    ? 0
                    : switch (form.group(2)) {
                        case "s" -> 1;
                        case "m" -> 60;
                        case "h" -> 3_600;
                        case "d" -> 86_400;
                        default -> 0;
                    };
            long amount = seconds == 0 ? 0 : Long.parseLong(form.group(1));
            if (amount == 0 || amount > Duration.ofDays(36_500).toSeconds() / seconds) {
                throw new TypeConversionException(
                        "'" + value + "' is not a time up to 36500 days. Write, for example, 30m, 24h or 7d.");
            }
            return Duration.ofSeconds(amount * seconds);
        }
    }

    /** {@code 65536}, {@code 512k}, {@code 64m}, {@code 1g}. */
    static final class Size implements ITypeConverter<Long> {
        private static final long LEAST = 1 << 10;

        @Override
        public Long convert(String value) {
            Matcher form = FORM.matcher(value.strip().toLowerCase(Locale.ROOT));
            long unit = !form.matches()
                    ? 0
                    : switch (form.group(2)) {
                        case "" -> 1;
                        case "k", "kb", "kib" -> 1 << 10;
                        case "m", "mb", "mib" -> 1 << 20;
                        case "g", "gb", "gib" -> 1 << 30;
                        default -> 0;
                    };
            long amount = unit == 0 ? 0 : Long.parseLong(form.group(1));
            if (amount == 0 || amount > (1L << 40) / unit || amount * unit < LEAST) {
                throw new TypeConversionException(
                        "'" + value + "' is not a size from 1k to 1024g. Write, for example, 512k, 64m or 1g.");
            }
            return amount * unit;
        }
    }

    /** {@code 1} and more. */
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            if (!value.matches("[1-9]\\d{0,8}")) {
                throw new TypeConversionException("'" + value + "' is not a number from 1 to 999999999.");
            }
            return Integer.valueOf(value);
        }
    }

    /** {@code 0} to {@code 65535}. */
    static final class Port implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65_535) {
                throw new TypeConversionException(
                        "'" + value + "' is not a port. Use 1 to 65535, or 0 for any free port.");
            }
            return Integer.valueOf(value);
        }
    }
}
