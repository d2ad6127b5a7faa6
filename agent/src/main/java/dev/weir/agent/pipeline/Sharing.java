package dev.weir.agent.pipeline;

import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;

/**
 * Whether Weir says what it has to say in the spans that others make of the same calls. With the application's own SDK only
 * where nothing is lost by it: where all that the application exports goes where Weir's spans go.
 */
public final class Sharing {

    /** Knows where Weir's own spans go. */
    public interface Target {

        /** Whether an exporter of the application's sends to the same place. */
        boolean isSame(String endpoint, boolean grpc);
    }

    private final boolean always;
    private final boolean never;
    private final Target target;
    private volatile boolean here;
    private volatile boolean elsewhere;

    public Sharing(Settings settings, Target target) {
        String when = settings.oneOf(Setting.SHARE_SPANS, "auto", "always", "never");
        this.always = when.equals("always");
        this.never = when.equals("never");
        this.target = target;
    }

    /** See {@code Hooks.exportsTo}. */
    void exportsTo(String endpoint, boolean grpc) {
        if (!endpoint.isEmpty() && target.isSame(endpoint, grpc)) here = true;
        else elsewhere = true;
    }

    /** With another agent, which reads the same settings as Weir. */
    boolean withAgents() {
        return !never;
    }

    /** With the application's own SDK. */
    boolean withApplication() {
        return always || !never && here && !elsewhere;
    }
}
