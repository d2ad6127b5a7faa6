package dev.weir.instrumentation.shared;

/** Names of attributes that adapters of Netty's family leave on a channel, to be found by each other. */
public final class ChannelAttributes {

    /**
     * Set to anything: whoever opened this channel is followed, or not, by an adapter that knows more than Netty's codec;
     * the HTTP client requests on it are that adapter's.
     */
    public static final String CLIENT_FOLLOWED_ABOVE = "dev.weir.client-followed-above";

    private ChannelAttributes() {}
}
