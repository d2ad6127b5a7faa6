package dev.weir.agent.pipeline;

import dev.weir.agent.context.AttemptHint;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.KeyedHash;
import dev.weir.agent.context.ScopeAttempt;
import dev.weir.agent.ledger.Roots;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import org.jspecify.annotations.Nullable;

/**
 * Scopes that are known outside this process, whose tries may be made anywhere. Each has a root of its own, which every
 * try of it attempts anew, so that what is caused inside gets the same ids in every process.
 */
final class KnownScopes {

    private final Identity identity;
    private final Roots roots;

    KnownScopes(Identity identity, Roots roots) {
        this.identity = identity;
        this.roots = roots;
    }

    static boolean isKnown(CallFacts facts) {
        return facts instanceof ScopeFacts scope && scope.identity() != null;
    }

    /** The attempt of its root that such a scope is; {@code null} for all others. */
    @Nullable
    ScopeAttempt begin(CallFacts facts) {
        String[] names = facts instanceof ScopeFacts scope ? scope.identity() : null;
        if (names == null) return null;
        KeyedHash hash = identity.hash().add("known scope").add(facts.instrumentation());
        for (String name : names) hash.add(name);
        hash.finish();
        return roots.of(facts.kind(), hash.high(), hash.low()).beginRoot();
    }

    /** Tries that were made elsewhere count in the scope's number, and not against the calls that are made here. */
    static AttemptHint triedBefore(CallFacts facts) {
        return facts instanceof ScopeFacts scope && scope.tryNumber() > 1
                ? new AttemptHint(scope.tryNumber() - 1, null)
                : AttemptHint.NONE;
    }
}
