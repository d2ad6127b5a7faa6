package sample.googleadk;

import com.google.adk.events.Event;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.GetSessionConfig;
import com.google.adk.sessions.InMemorySessionService;
import com.google.adk.sessions.ListEventsResponse;
import com.google.adk.sessions.ListSessionsResponse;
import com.google.adk.sessions.Session;
import dev.weir.bootstrap.Hooks;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keeps sessions somewhere, and says so when it is asked, or when somebody subscribes. */
public final class OwnSessions implements BaseSessionService {

    public final List<Object> askedIn = new ArrayList<>();
    public final AtomicInteger appended = new AtomicInteger();
    private final InMemorySessionService kept = new InMemorySessionService();

    private void asked() {
        askedIn.add(Objects.requireNonNull(Hooks.capture()));
    }

    @Override
    @SuppressWarnings("deprecation")
    public Single<Session> createSession(
            String app, String user, @Nullable ConcurrentMap<String, Object> state, @Nullable String session) {
        return kept.createSession(app, user, state, session);
    }

    @Override
    public Maybe<Session> getSession(String app, String user, String session, Optional<GetSessionConfig> config) {
        return Maybe.defer(() -> {
                    asked();
                    return kept.getSession(app, user, session, config);
                })
                .subscribeOn(Schedulers.io());
    }

    @Override
    public Single<ListSessionsResponse> listSessions(String app, String user) {
        return kept.listSessions(app, user);
    }

    @Override
    public Completable deleteSession(String app, String user, String session) {
        return Completable.fromAction(this::asked);
    }

    @Override
    public Single<ListEventsResponse> listEvents(String app, String user, String session) {
        return kept.listEvents(app, user, session);
    }

    @Override
    public Single<Event> appendEvent(Session session, Event event) {
        appended.incrementAndGet();
        return kept.appendEvent(session, event);
    }
}
