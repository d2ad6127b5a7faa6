package dev.weir.agent.pipeline;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import dev.weir.agent.context.HostClasses;
import dev.weir.agent.context.Identity;
import dev.weir.agent.export.EpochClock;
import dev.weir.agent.export.ForeignSpans;
import dev.weir.agent.export.RecordSink;
import dev.weir.agent.ledger.Breakers;
import dev.weir.agent.ledger.ConcurrencyLimit;
import dev.weir.agent.ledger.DestinationRetries;
import dev.weir.agent.ledger.Pressure;
import dev.weir.agent.ledger.Roots;
import dev.weir.agent.ledger.UsedKeys;
import dev.weir.agent.rules.CircuitBreakerRule;
import dev.weir.agent.rules.DeadlineRule;
import dev.weir.agent.rules.IdempotencyKeyRule;
import dev.weir.agent.rules.RateLimitRule;
import dev.weir.agent.rules.RetryBudgetRule;
import dev.weir.agent.rules.Rule;
import dev.weir.agent.rules.RuleBook;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** Puts the pipeline together from settings. */
public final class Assembly {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private static final class TimeOfDay implements LongSupplier {

        @Override
        public long getAsLong() {
            return System.currentTimeMillis();
        }
    }

    private final Settings settings;
    private final ThreadLocal<ThreadState> states = new ThreadState.OfThread();
    private final Identity identity;
    private final Roots roots;
    private final Breakers breakers;

    public Assembly(Settings settings) {
        this.settings = settings;
        this.identity = new Identity(
                settings.text(Setting.IDENTITY_SECRET),
                (int) settings.number(Setting.OPERATIONS),
                settings.number(Setting.IDENTITY_RETRY_WINDOW) * SECOND,
                states);
        this.roots = new Roots(identity, (int) settings.number(Setting.ROOTS));
        this.breakers = new Breakers(
                (int) settings.number(Setting.BREAKER_FAILURES),
                settings.number(Setting.BREAKER_MINIMUM),
                settings.number(Setting.BREAKER_OPEN) * MILLI,
                (int) settings.number(Setting.DESTINATIONS));
    }

    /** Every rule, in the order of their names. */
    public RuleBook rules() {
        return new RuleBook(List.<Rule>of(
                new CircuitBreakerRule(breakers),
                new DeadlineRule(),
                new IdempotencyKeyRule(
                        identity,
                        methods(),
                        new HostClasses(settings.list(Setting.KEY_HONOURED_BY)),
                        settings.list(Setting.KEY_SAFE_PATHS),
                        new UsedKeys((int) settings.number(Setting.DESTINATIONS)),
                        (int) settings.number(Setting.IDENTITY_BODY)),
                new RateLimitRule(
                        new Pressure(concurrency(), (int) settings.number(Setting.DESTINATIONS)),
                        settings.number(Setting.RATE_MOST_WAIT),
                        new TimeOfDay()),
                new RetryBudgetRule(
                        (int) settings.number(Setting.RETRY_ATTEMPTS),
                        new DestinationRetries(
                                settings.decimal(Setting.RETRY_RATIO),
                                settings.decimal(Setting.RETRY_PER_SECOND),
                                settings.decimal(Setting.RETRY_MOST),
                                (int) settings.number(Setting.DESTINATIONS)))));
    }

    private ConcurrencyLimit.Algorithm concurrency() {
        return ConcurrencyLimit.Algorithm.valueOf(settings.oneOf(Setting.RATE_CONCURRENCY, "aimd", "gradient", "off")
                .toUpperCase(Locale.ROOT));
    }

    private Set<String> methods() {
        Set<String> methods = new TreeSet<>();
        for (String method : settings.list(Setting.KEY_METHODS)) methods.add(method.toUpperCase(Locale.ROOT));
        return methods;
    }

    /** The state that outlives calls. */
    public Roots roots() {
        return roots;
    }

    /** The circuits to destinations. */
    public Breakers breakers() {
        return breakers;
    }

    /**
     * The pipeline.
     *
     * @param toldAlready tracers of OpenTelemetry that make spans of what adapters tell of
     * @param sharing whether there is one span for what others make spans of too
     */
    public CallPipeline pipeline(
            RuleBook rules,
            Sampler sampler,
            RecordSink sink,
            Set<String> toldAlready,
            Sharing sharing,
            EpochClock clock,
            Log log) {
        Records records = new Records(
                sink,
                new ForeignSpans(settings),
                identity,
                settings.oneOf(Setting.CONTENT, "off", "on").equals("on"));
        AttemptHeaders attemptHeaders = new AttemptHeaders();
        Wire wire = new Wire(
                new HostClasses(settings.list(Setting.OUTBOUND_EXCLUDE)),
                settings.number(Setting.DEADLINE_MOST),
                sampler,
                states);
        HostClasses trusted = new HostClasses(settings.list(Setting.INBOUND_TRUST));
        return new CallPipeline(
                states,
                identity,
                roots,
                rules,
                sampler,
                new Arrivals(identity, roots, trusted, wire, attemptHeaders, clock),
                new Destinations(new HostClasses(settings.list(Setting.OUTBOUND_INTERNAL)), (int)
                        settings.number(Setting.DESTINATIONS)),
                new Fingerprints(identity, (int) settings.number(Setting.IDENTITY_BODY)),
                wire,
                attemptHeaders,
                records,
                new ApplicationSpans(identity, sampler, records, toldAlready),
                new SharedSpans(sharing, sampler, records),
                clock,
                new GlobFilter(settings.list(Setting.FILES_INCLUDE), settings.list(Setting.FILES_EXCLUDE)),
                settings.flag(Setting.FILES_OUTSIDE_RUNS),
                log);
    }
}
