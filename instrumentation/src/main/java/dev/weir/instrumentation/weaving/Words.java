package dev.weir.instrumentation.weaving;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Words to be found in class files: every string of every class that is loaded is compared with those of its length. */
final class Words {

    private final List<byte[]> all;
    private final byte[][][] byLength;

    private Words(List<byte[]> all) {
        this.all = all;
        int longest = -1;
        for (byte[] word : all) longest = Math.max(longest, word.length);
        byLength = new byte[longest + 1][][];
        Arrays.fill(byLength, new byte[0][]);
        for (byte[] word : all) {
            byte[][] known = byLength[word.length];
            byte[][] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = word;
            byLength[word.length] = more;
        }
    }

    static Words of(String... words) {
        List<byte[]> all = new ArrayList<>(words.length);
        for (String word : words) all.add(word.getBytes(StandardCharsets.UTF_8));
        return new Words(all);
    }

    static Words ofAll(Collection<Words> parts) {
        List<byte[]> all = new ArrayList<>();
        for (Words part : parts) all.addAll(part.all);
        return new Words(all);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether so many bytes from there are one of the words. */
    boolean has(byte[] bytes, int at, int length) {
        if (length >= byLength.length || at + length > bytes.length) return false;
        for (byte[] word : byLength[length]) {
            int i = 0;
            while (i < length && bytes[at + i] == word[i]) i++;
            if (i == length) return true;
        }
        return false;
    }
}
