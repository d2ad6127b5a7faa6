package dev.weir.instrumentation.a2a;

import dev.weir.bootstrap.GenAiFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An agent's answer to one message. */
final class RunFacts extends GenAiFacts {

    /** Of more artifacts than this, nobody reads all. */
    private static final int MOST = 256;

    private final @Nullable Object message;
    private final @Nullable String conversation;
    private final List<Object> artifacts = new ArrayList<>(0);
    private @Nullable Object answer;
    private @Nullable String failure;

    /** @param conversation where the message itself does not say */
    RunFacts(String agent, @Nullable Object message, @Nullable String conversation) {
        super(Kind.RUN, A2aInstrumentation.NAME, agent);
        this.message = message;
        this.conversation = conversation;
    }

    /** An event of the answer, or all of it. */
    synchronized void heard(Object event) {
        Object artifact = Spec.get(event, "artifact");
        if (artifact == null) answer = event;
        else if (artifacts.size() < MOST) artifacts.add(artifact);
        failure = Spec.failure(event);
    }

    /** There is no answer, but an error, which may have a code. */
    synchronized void failed(@Nullable String code) {
        if (code != null) failure = code;
    }

    /** What the answer, or the error, says went wrong. */
    synchronized @Nullable String failure() {
        return failure;
    }

    /** A message that is sent again has the id that it had; another one has another. */
    @Override
    public Object @Nullable [] arguments() {
        String id = Spec.text(message, "messageId");
        return id == null ? null : new Object[] {id};
    }

    @Override
    public synchronized @Nullable String conversation() {
        String context = Spec.text(message, "contextId");
        if (context == null) context = conversation;
        return context != null ? context : Spec.text(answer, "contextId");
    }

    @Override
    public Message @Nullable [] input() {
        return message == null ? null : new Message[] {new Message("user", Spec.texts(message))};
    }

    @Override
    public synchronized Message @Nullable [] output() {
        List<Message> said = new ArrayList<>();
        for (Object artifact : artifacts) said(said, artifact);
        if (Spec.get(answer, "artifacts") instanceof List<?> whole) for (Object artifact : whole) said(said, artifact);
        said(said, answer);
        said(said, Spec.get(Spec.get(answer, "status"), "message"));
        return said.isEmpty() ? null : said.toArray(new Message[0]);
    }

    private static void said(List<Message> said, @Nullable Object by) {
        String text = Spec.texts(by);
        if (!text.isEmpty()) said.add(new Message("assistant", text));
    }
}
