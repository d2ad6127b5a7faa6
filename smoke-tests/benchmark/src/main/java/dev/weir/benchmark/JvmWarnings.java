package dev.weir.benchmark;

import java.util.Collection;
import java.util.regex.Pattern;

/** What the JVM itself complains of on a program's output. */
final class JvmWarnings {

    private static final Pattern WARNING = Pattern.compile("^\\S.* VM warning: |^\\[[^ ]*s]\\[(warning|error) *]");

    private JvmWarnings() {}

    static long in(Collection<String> output) {
        return output.stream().filter(line -> WARNING.matcher(line).find()).count();
    }
}
