package sample.a2a;

import io.a2a.server.agentexecution.AgentExecutor;
import io.a2a.server.agentexecution.RequestContext;
import io.a2a.server.events.EventQueue;
import io.a2a.server.tasks.AgentEmitter;
import io.a2a.spec.Event;
import java.util.function.Consumer;

/** An executor as 0.3 and 1.0 of the A2A SDK want one. It stands outside the agent's packages, which are never woven. */
public class WeatherAgent implements AgentExecutor {

    /** What the agent does with a message. */
    public interface Body {

        /** Answers by events. */
        void run(RequestContext context, Consumer<Event> events);
    }

    private final Body body;

    public WeatherAgent(Body body) {
        this.body = body;
    }

    @Override
    public void execute(RequestContext context, AgentEmitter emitter) {
        body.run(context, emitter::emitEvent);
    }

    /** In 0.3. */
    public void execute(RequestContext context, EventQueue queue) {
        body.run(context, queue::enqueueEvent);
    }

    @Override
    public void cancel(RequestContext context, AgentEmitter emitter) {}

    /** In 0.3. */
    public void cancel(RequestContext context, EventQueue queue) {}

    /** An agent as containers make them: what is called stands for what was written. */
    public static class Intercepted extends WeatherAgent {

        public Intercepted(Body body) {
            super(body);
        }

        @Override
        public void execute(RequestContext context, AgentEmitter emitter) {
            super.execute(context, emitter);
        }

        @Override
        public void execute(RequestContext context, EventQueue queue) {
            super.execute(context, queue);
        }
    }
}
