package dev.weir.instrumentation.googleadk;

import com.google.adk.agents.BaseAgent;
import com.google.adk.agents.InvocationContext;
import com.google.adk.events.Event;
import com.google.genai.types.Content;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.Scoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The run of an agent: one that a {@code Runner} was asked for, or that of an agent which another one runs. */
final class AgentRun extends Scoped<Event> {

    private final BaseAgent agent;
    private final Facts facts;

    private AgentRun(BaseAgent agent, Facts facts) {
        this.agent = agent;
        this.facts = facts;
    }

    static AgentRun asked(BaseAgent agent, @Nullable String user, @Nullable String session, @Nullable Content message) {
        return new AgentRun(agent, new Facts(agent.name(), user, session, message));
    }

    static AgentRun within(BaseAgent agent, InvocationContext context) {
        return new AgentRun(
                agent,
                new Facts(
                        agent.name(),
                        null,
                        context.session() == null ? null : context.session().id(),
                        context.userContent().orElse(null)));
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    /** A runner runs the agent whose run this is, which is no other run. */
    @Override
    protected Object identity() {
        return agent;
    }

    @Override
    public void heard(Event event) {
        // The pieces of a streamed answer are said once more as a whole.
        if (!event.partial().orElse(false)) facts.last = event;
    }

    private static final class Facts extends GenAiFacts {

        private final @Nullable String user;
        private final @Nullable String session;
        private final @Nullable Content message;
        private volatile @Nullable Event last;

        Facts(String name, @Nullable String user, @Nullable String session, @Nullable Content message) {
            super(Kind.RUN, GoogleAdkInstrumentation.NAME, name);
            this.user = user;
            this.session = session;
            this.message = message;
        }

        // Not the session: for an agent that is called as a tool, ADK makes one with a random id.
        @Override
        public Object @Nullable [] arguments() {
            return new @Nullable Object[] {Contents.text(message), user};
        }

        @Override
        public @Nullable String conversation() {
            return session;
        }

        @Override
        public Message @Nullable [] input() {
            return message == null ? null : Contents.messages(List.of(message));
        }

        @Override
        public Message @Nullable [] output() {
            Event event = last;
            return event == null
                    ? null
                    : Contents.said(Contents.text(event.content().orElse(null)));
        }
    }
}
