package dev.weir.agent.cli.serve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One text, and in which chains it stands. A page asks every second or two: what has not changed since is not read again.
 */
final class TextSearch {
    private record Answer(long version, boolean found) {}

    /** A chain to look at, as it is now; without spans where the answer is known. */
    record Candidate(String id, long version, Chain.@Nullable Snapshot unread, Chain.@Nullable Summary known) {}

    private final ChainFilter filter;
    private Map<String, Answer> answers = Map.of();

    TextSearch(ChainFilter filter) {
        this.filter = filter;
    }

    /** Called by the store, which guards its chains. */
    List<Candidate> candidates(List<Chain> chains) {
        Map<String, Answer> known = known();
        List<Candidate> candidates = new ArrayList<>();
        for (Chain chain : chains) {
            Answer answer = known.get(chain.id);
            if (answer == null || answer.version != chain.version) {
                candidates.add(new Candidate(chain.id, chain.version, chain.snapshot(false), null));
            } else if (answer.found) {
                candidates.add(new Candidate(chain.id, chain.version, null, chain.summary()));
            } else {
                candidates.add(new Candidate(chain.id, chain.version, null, null));
            }
        }
        return candidates;
    }

    /** The first that have the text. Reads spans: not under the store's lock. */
    List<Chain.Summary> among(List<Candidate> candidates, int limit) {
        IdentityHashMap<Resource, Boolean> resources = new IdentityHashMap<>();
        Map<String, Answer> now = new HashMap<>();
        List<Chain.Summary> found = new ArrayList<>();
        for (Candidate each : candidates) {
            if (found.size() >= limit) break;
            Chain.Summary summary = each.known;
            if (each.unread != null && filter.matchesText(each.unread, resources)) summary = each.unread.summary();
            now.put(each.id, new Answer(each.version, summary != null));
            if (summary != null) found.add(summary);
        }
        remember(now);
        return found;
    }

    private synchronized Map<String, Answer> known() {
        return answers;
    }

    /** Chains that were let go meanwhile are forgotten. */
    private synchronized void remember(Map<String, Answer> now) {
        answers = now;
    }
}
