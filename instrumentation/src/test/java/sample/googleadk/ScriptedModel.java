package sample.googleadk;

import com.google.adk.models.BaseLlm;
import com.google.adk.models.BaseLlmConnection;
import com.google.adk.models.LlmRequest;
import com.google.adk.models.LlmResponse;
import dev.weir.bootstrap.Hooks;
import io.reactivex.rxjava3.core.Flowable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Answers on a thread of its own, as a client of HTTP does; which context it is asked in is kept. */
public final class ScriptedModel extends BaseLlm {

    public final List<Object> askedIn = new ArrayList<>();
    private final Function<LlmRequest, Flowable<LlmResponse>> answers;

    public ScriptedModel(Function<LlmRequest, Flowable<LlmResponse>> answers) {
        super("gemini-x");
        this.answers = answers;
    }

    @Override
    public Flowable<LlmResponse> generateContent(LlmRequest request, boolean stream) {
        askedIn.add(Objects.requireNonNull(Hooks.capture()));
        CompletableFuture<Flowable<LlmResponse>> sent = CompletableFuture.supplyAsync(() -> answers.apply(request));
        return Flowable.fromFuture(sent).concatMap(answer -> answer);
    }

    @Override
    public BaseLlmConnection connect(LlmRequest request) {
        throw new UnsupportedOperationException();
    }
}
