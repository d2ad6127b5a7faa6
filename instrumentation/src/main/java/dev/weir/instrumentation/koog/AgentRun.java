package dev.weir.instrumentation.koog;

import ai.koog.agents.core.agent.AIAgent;
import ai.koog.agents.core.agent.entity.AIAgentStrategy;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.Inside;
import dev.weir.instrumentation.shared.Scoped;
import org.jspecify.annotations.Nullable;

/** One run of an agent. */
final class AgentRun extends Scoped<Object> {

    private record Session(String id, String agent, String strategy) {}

    // Sessions that have not run yet, or may run again.
    private static final WeakIdentityMap<Session> SESSIONS = new WeakIdentityMap<>(65_536);

    private final Facts facts;
    private final @Nullable ToolCall tool;

    private AgentRun(Session session, @Nullable Object input) {
        ToolCall around = Inside.get() instanceof ToolCall call && call.isAgent() ? call : null;
        tool = around;
        facts = new Facts(around == null ? name(session) : around.facts().name(), session.id, text(input));
    }

    /** The session is made, and can run. */
    static void remember(Object session, String id, AIAgent<?, ?> agent, AIAgentStrategy<?, ?, ?> strategy) {
        SESSIONS.put(session, new Session(id, agent.getId(), strategy.getName()));
    }

    /** {@code null} when nothing is known of the session. */
    static @Nullable AgentRun of(Object session, @Nullable Object input) {
        Session known = SESSIONS.get(session);
        return known == null ? null : new AgentRun(known, input);
    }

    /** An agent that nobody has named has a random UUID, which would make another agent of it each time. */
    private static String name(Session session) {
        String agent = session.agent;
        boolean random = agent.length() == 36 && agent.charAt(8) == '-' && agent.charAt(23) == '-';
        return random ? session.strategy : agent;
    }

    private static @Nullable String text(@Nullable Object said) {
        return said instanceof String text ? text : null;
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    @Override
    public void heard(Object result) {
        facts.result = text(result);
    }

    @Override
    protected @Nullable Throwable failure(@Nullable Throwable thrown) {
        if (tool != null && thrown != null) tool.failed(thrown);
        return thrown;
    }

    private static final class Facts extends GenAiFacts {

        private final String session;
        private final @Nullable String input;
        private volatile @Nullable String result;

        Facts(String name, String session, @Nullable String input) {
            super(Kind.RUN, KoogInstrumentation.NAME, name);
            this.session = session;
            this.input = input;
        }

        // Not the session: it has a random id where the application gives none.
        @Override
        public Object @Nullable [] arguments() {
            return new @Nullable Object[] {input};
        }

        @Override
        public String conversation() {
            return session;
        }

        @Override
        public Message @Nullable [] input() {
            return input == null ? null : new Message[] {new Message("user", input)};
        }

        @Override
        public Message @Nullable [] output() {
            String said = result;
            return said == null ? null : new Message[] {new Message("assistant", said)};
        }
    }
}
