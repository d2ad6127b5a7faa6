package dev.weir.agent;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import dev.weir.agent.config.SettingsFile;
import dev.weir.agent.export.EpochClock;
import dev.weir.agent.export.Exporter;
import dev.weir.agent.export.OtlpSettings;
import dev.weir.agent.export.Readings;
import dev.weir.agent.ledger.Roots;
import dev.weir.agent.pipeline.Assembly;
import dev.weir.agent.pipeline.CallPipeline;
import dev.weir.agent.pipeline.Sampler;
import dev.weir.agent.pipeline.Sharing;
import dev.weir.agent.rules.RuleBook;
import dev.weir.bootstrap.Fuse;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.Instrumentations;
import dev.weir.instrumentation.declared.DeclaredScopesInstrumentation;
import dev.weir.instrumentation.weaving.BootLoader;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaver;
import dev.weir.instrumentation.weaving.WovenAdapter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The agent of this JVM, from its settings to its last record.
 *
 * <p>Classes instead of lambdas where the application waits: the JVM makes a class of each lambda too, and takes three
 * times as long for it.
 */
final class RunningAgent {

    /** What is wrong with settings. */
    private static final class Complained implements Settings.Complaints {

        final List<String> lines = new ArrayList<>();

        @Override
        public void add(String complaint) {
            lines.add(complaint);
        }
    }

    private final java.lang.instrument.Instrumentation jvm;
    private final BootLoader bootLoader;
    private final boolean attached;
    private final Complained complaints = new Complained();
    private final SettingsFile file;
    private final Settings settings;
    private final Log log;
    private final Set<String> blownFuses = ConcurrentHashMap.newKeySet();

    RunningAgent(
            @Nullable String arguments,
            java.lang.instrument.Instrumentation jvm,
            BootLoader bootLoader,
            boolean attached) {
        this.jvm = jvm;
        this.bootLoader = bootLoader;
        this.attached = attached;
        Map<String, String> properties = properties(System.getProperties(), arguments);
        Map<String, String> environment = System.getenv();
        Settings withoutFile = new Settings(properties, environment, Map.of(), complaints);
        this.file = SettingsFile.find(withoutFile, complaints);
        this.settings = withoutFile.withFile(file.read(complaints), complaints);
        this.log = new Log(
                System.err,
                switch (settings.oneOf(Setting.LOG, "quiet", "info", "debug")) {
                    case "quiet" -> Log.Level.QUIET;
                    case "debug" -> Log.Level.DEBUG;
                    default -> Log.Level.INFO;
                });
    }

    /** System properties, and {@code key=value,key=value} behind the jar's name where {@code weir.} may be left out. */
    private Map<String, String> properties(Properties system, @Nullable String arguments) {
        Map<String, String> properties = new HashMap<>();
        for (String name : system.stringPropertyNames()) {
            boolean ours = name.startsWith("weir.") && !name.equals("weir.started");
            if (ours || name.startsWith("otel.")) properties.put(name, system.getProperty(name));
        }
        if (arguments == null || arguments.isBlank()) return properties;
        for (String pair : arguments.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                if (!pair.isBlank()) {
                    complaints.add("weir: \"" + Settings.shown(pair)
                            + "\" behind weir.jar= is not a setting; it is left out. Write mode=enforce,log=debug.");
                }
                continue;
            }
            String name = pair.substring(0, equals).strip();
            if (!name.startsWith("weir.") && !name.startsWith("otel.")) name = "weir." + name;
            properties.putIfAbsent(name, pair.substring(equals + 1).strip());
        }
        return properties;
    }

    void start() {
        if (!settings.flag(Setting.ENABLED)) return;
        String version = Version.read();
        EpochClock clock = new EpochClock();
        OtlpSettings otlp = new OtlpSettings(settings, complaints);
        Assembly assembly = new Assembly(settings);
        RuleBook rules = assembly.rules();
        RuleModes modes = new RuleModes(rules, instrumentationNames(), log);
        modes.apply(settings);
        ExportStart exportStart = new ExportStart();
        Exporter exporter =
                new Exporter((int) settings.number(Setting.EXPORT_QUEUE), otlp, clock, log, version, exportStart);
        Sampler sampler = new Sampler(otlp.ratio(), otlp.asksParent());
        List<Instrumentation> adapters = adapters();
        Sharing sharing = new Sharing(settings, new Sharing.Target() {
            @Override
            public boolean isSame(String endpoint, boolean grpc) {
                return otlp.isSame(endpoint, grpc);
            }
        });
        CallPipeline pipeline =
                assembly.pipeline(rules, sampler, exporter.sink(), ownTracers(adapters), sharing, clock, log);
        long shutdownMillis = settings.number(Setting.EXPORT_SHUTDOWN);
        long reloadSeconds = settings.number(Setting.CONFIG_RELOAD);
        Runnable disown = new Runnable() {
            @Override
            public void run() {
                pipeline.disown();
            }
        };
        Weaver weaver = weaver(disown, adapters);
        settings.checkNames(rules.names(), instrumentationNames());
        for (String complaint : complaints.lines) log.warn(complaint);
        JvmEnd end = new JvmEnd(jvm, new JvmEnd.Steps() {
            @Override
            public void begin() {
                exporter.hurry();
            }

            @Override
            public void last() {
                stop(assembly.roots(), weaver, exporter, pipeline, shutdownMillis);
            }
        });
        end.await();
        exportStart.is(disown, end);
        Circuits circuits = new Circuits(rules, assembly.breakers());
        exporter.reports(new Told(exporter, pipeline, circuits));
        String endpoint = otlp.enabled() ? otlp.endpoint() : "nowhere";
        pipeline.whenManaged(new Runnable() {
            @Override
            public void run() {
                ManagedRules.register(rules, modes, settings, log);
                Counts counts = new Counts(version, endpoint, weaver, exporter, pipeline, circuits);
                Beans.register(counts, AgentMXBean.class, "type=Agent", log);
            }
        });
        if (!attached && settings.instrumentation("processes")) pipeline.startedBy(System.getenv());
        Hooks.install(pipeline);
        weaver.install(jvm);
        log.info(version + (attached ? " attached" : "") + ": rules " + modes.summary() + "; adapters "
                + names(weaver.adapters()) + "; spans to " + endpoint);
        file.watch(reloadSeconds, settings, modes, complaints.lines, disown, log);
        // Started long ago, the server would not start again, and the beans wait for its start.
        if (attached && settings.instrumentation("management")) ManagementFactory.getPlatformMBeanServer();
    }

    /** What comes before the first record is sent. The exporter is there before what it waits for. */
    private static final class ExportStart implements Exporter.ThreadStart {

        private volatile @Nullable Runnable disown;
        private volatile @Nullable JvmEnd end;

        void is(Runnable ofTheAgent, JvmEnd jvmEnd) {
            disown = ofTheAgent;
            end = jvmEnd;
        }

        @Override
        public void run() {
            Runnable first = disown;
            JvmEnd then = end;
            if (first != null) first.run();
            if (then != null) then.defer();
        }
    }

    /** What the agent tells of itself with the metrics. */
    private final class Told implements Readings.Source {

        private final Exporter exporter;
        private final CallPipeline pipeline;
        private final Circuits circuits;

        Told(Exporter exporter, CallPipeline pipeline, Circuits circuits) {
            this.exporter = exporter;
            this.pipeline = pipeline;
            this.circuits = circuits;
        }

        @Override
        public void tell(Readings to) {
            to.total("weir.spans.sent", "{span}", "Spans that the collector has taken.", exporter::sent);
            to.total("weir.spans.dropped", "{span}", "Spans that were lost.", exporter::dropped);
            to.total("weir.fuses.blown", "{fuse}", "Advice that is off because it failed.", blownFuses::size);
            to.total("weir.failures", "{failure}", "How often the agent itself failed.", log::failures);
            to.total(
                    "weir.headers.malformed",
                    "{header}",
                    "Headers from outside that were malformed, and ignored.",
                    pipeline::malformedHeaders);
            to.gauge(
                    "weir.circuit.state",
                    "{state}",
                    "Circuits that have opened: 0 closed, 1 half open, 2 open.",
                    "weir.destination",
                    circuits::numbers);
        }
    }

    /** The agent's counts. */
    private final class Counts implements AgentMXBean {

        private final String version;
        private final String endpoint;
        private final Weaver weaver;
        private final Exporter exporter;
        private final CallPipeline pipeline;
        private final Circuits circuits;

        Counts(
                String version,
                String endpoint,
                Weaver weaver,
                Exporter exporter,
                CallPipeline pipeline,
                Circuits circuits) {
            this.version = version;
            this.endpoint = endpoint;
            this.weaver = weaver;
            this.exporter = exporter;
            this.pipeline = pipeline;
            this.circuits = circuits;
        }

        @Override
        public String getVersion() {
            return version;
        }

        @Override
        public long getSpansSent() {
            return exporter.sent();
        }

        @Override
        public long getSpansDropped() {
            return exporter.dropped();
        }

        @Override
        public long getMalformedHeaders() {
            return pipeline.malformedHeaders();
        }

        @Override
        public int getFusesBlown() {
            return blownFuses.size();
        }

        @Override
        public long getFailures() {
            return log.failures();
        }

        @Override
        public String getEndpoint() {
            return endpoint;
        }

        @Override
        public @Nullable String getExportProblem() {
            return exporter.problem();
        }

        @Override
        public String[] getBlownFuses() {
            return new TreeSet<>(blownFuses).toArray(new String[0]);
        }

        @Override
        public AdapterState[] getAdapters() {
            return weaver.adapters().stream().map(AdapterState::new).toArray(AdapterState[]::new);
        }

        @Override
        public String[] getComplaints() {
            return complaints.lines.toArray(new String[0]);
        }

        @Override
        public String[] getCircuits() {
            return circuits.words();
        }
    }

    private Weaver weaver(Runnable disown, List<Instrumentation> adapters) {
        CatchUp catchUp = new CatchUp(jvm, disown, log);
        Weaver weaver = new Weaver(bootLoader, new Weaver.Listener() {
            @Override
            public void failed(String adapter, String className, Throwable cause) {
                log.failure("weaving " + className + " for " + adapter, cause);
            }

            @Override
            public void passedOver(String className, String reason) {
                log.warnOnce("passed over " + reason, className + " is not woven: " + reason);
            }

            @Override
            public void catchUpDue() {
                catchUp.begin();
            }
        });
        catchUp.by(weaver);
        Fuse.listen(new Fuse.Listener() {
            @Override
            public void blown(int index, Throwable cause) {
                String advice = weaver.adviceOf(index);
                blownFuses.add(advice + ": " + cause);
                log.warn("fuse blew: " + advice + " is off from now on, the application goes on: " + cause);
                if (log.isDebug()) cause.printStackTrace();
            }
        });
        for (Instrumentation adapter : adapters) {
            try {
                weaver.add(adapter);
            } catch (RuntimeException e) {
                log.failure("adapter " + adapter.name(), e);
            }
        }
        return weaver;
    }

    /** Those that are not switched off. */
    private List<Instrumentation> adapters() {
        List<Instrumentation> adapters = new ArrayList<>();
        for (Instrumentation listed : Instrumentations.all()) {
            if (!settings.instrumentation(listed.name())) continue;
            adapters.add(listed instanceof DeclaredScopesInstrumentation ? declared() : listed);
        }
        return adapters;
    }

    private static Set<String> ownTracers(List<Instrumentation> adapters) {
        Set<String> tracers = new HashSet<>();
        for (Instrumentation adapter : adapters) tracers.addAll(adapter.ownTracers());
        return tracers;
    }

    private Instrumentation declared() {
        return new DeclaredScopesInstrumentation(
                scopes(Setting.SCOPE_TOOL), scopes(Setting.SCOPE_RUN), scopes(Setting.SCOPE_RETRY));
    }

    private List<String> scopes(Setting setting) {
        List<String> wellFormed = new ArrayList<>();
        for (String name : settings.list(setting)) {
            if (DeclaredScopesInstrumentation.isWellFormed(name)) wellFormed.add(name);
            else
                complaints.add("weir: " + setting.key() + "=" + Settings.shown(name)
                        + " is not a method of yours; it is left out. Write package.Class#method.");
        }
        return wellFormed;
    }

    private static List<String> instrumentationNames() {
        List<String> names = new ArrayList<>();
        for (Instrumentation instrumentation : Instrumentations.all()) names.add(instrumentation.name());
        return names;
    }

    private static String names(List<WovenAdapter> adapters) {
        StringBuilder names = new StringBuilder();
        for (WovenAdapter adapter : adapters)
            names.append(names.length() == 0 ? "" : ", ").append(adapter.name());
        return names.toString();
    }

    /** What was left out on purpose, so that nobody wonders. */
    static List<String> overlooked(Roots roots) {
        List<String> lines = new ArrayList<>();
        if (roots.evictedOperations() > 0) {
            lines.add(roots.evictedOperations()
                    + " operations were forgotten, settled ones first, where a root had more than "
                    + Setting.OPERATIONS.key());
        }
        if (roots.evictedRoots() > 0) {
            lines.add(roots.evictedRoots() + " roots were forgotten, the oldest of more than " + Setting.ROOTS.key());
        }
        return lines;
    }

    private void stop(Roots roots, Weaver weaver, Exporter exporter, CallPipeline pipeline, long shutdownMillis) {
        pipeline.disown();
        exporter.shutdown(shutdownMillis);
        StringBuilder matched = new StringBuilder();
        for (WovenAdapter adapter : weaver.adapters()) {
            if (!adapter.woven().isEmpty())
                matched.append(matched.length() == 0 ? "" : ", ").append(adapter.name());
            // One class without the methods is usual where a library spreads them; none with them is not.
            if (adapter.woven().isEmpty() && !adapter.unmatched().isEmpty()) {
                log.warn("adapter " + adapter.name() + " knows no method of " + adapter.unmatched()
                        + ": this version of the library is not followed");
            }
        }
        for (String line : overlooked(roots)) log.info(line);
        int blown = blownFuses.size();
        long malformed = pipeline.malformedHeaders();
        log.info("stops: matched " + (matched.length() == 0 ? "nothing" : matched) + "; " + exporter.sent()
                + " spans sent, " + exporter.dropped() + " dropped; "
                + (blown == 0 ? "no fuse blew" : blown + " fuses blew") + "; " + log.failures() + " failures"
                + (malformed == 0 ? "" : "; " + malformed + " malformed headers ignored"));
    }
}
