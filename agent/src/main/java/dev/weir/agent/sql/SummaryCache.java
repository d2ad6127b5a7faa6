package dev.weir.agent.sql;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The summaries of recent statements, by their text.
 *
 * <p>Two generations: when the young one is full it becomes the old one, and what is asked for again moves back. So it
 * is bounded, and statements with values in their text, which never come again, do not push out those that do.
 */
final class SummaryCache {

    private static final int MOST = 512;
    private static final int MOST_CHARACTERS = 512 * 1024;

    private record Generation(Map<String, SqlSummary> summaries, AtomicInteger characters) {

        Generation() {
            this(new ConcurrentHashMap<>(), new AtomicInteger());
        }
    }

    private final Dialect dialect;
    private volatile Generation young = new Generation();
    private volatile Generation old = new Generation();

    SummaryCache(Dialect dialect) {
        this.dialect = dialect;
    }

    SqlSummary of(String text) {
        SqlSummary known = young.summaries().get(text);
        if (known != null) return known;
        known = old.summaries().get(text);
        SqlSummary summary = known != null ? known : StatementReader.read(text, dialect);
        if (text.length() <= SqlSummary.LONGEST_REMEMBERED) keep(text, summary);
        return summary;
    }

    private void keep(String text, SqlSummary summary) {
        Generation generation = young;
        generation.summaries().put(text, summary);
        int characters = generation.characters().addAndGet(text.length());
        if (characters > MOST_CHARACTERS || generation.summaries().size() > MOST) {
            synchronized (this) {
                if (generation == young) {
                    old = generation;
                    young = new Generation();
                }
            }
        }
    }

    int size() {
        return young.summaries().size() + old.summaries().size();
    }
}
