package dev.weir.instrumentation.nettyhttp;

import dev.weir.instrumentation.shared.HostPort;
import dev.weir.instrumentation.shared.RequestTarget;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a request goes to, as its head and its channel say. */
record Authority(String scheme, String host, int port) {

    static Authority of(Channel channel, HttpRequest request) {
        String scheme = isEncrypted(channel) ? "https" : "http";
        String uri = request.uri();
        String text = RequestTarget.authority(uri);
        if (text == null) text = request.headers().get(HttpHeaderNames.HOST);
        else if (uri.startsWith("https")) scheme = "https";
        if (text == null || text.isEmpty()) {
            SocketAddress remote = channel.remoteAddress();
            return remote instanceof InetSocketAddress address
                    ? new Authority(scheme, address.getHostString(), address.getPort())
                    : new Authority(scheme, "", 0);
        }
        HostPort place = HostPort.of(text, 0);
        return new Authority(scheme, place.host(), place.port());
    }

    // By name: the class may not be there at all.
    private static boolean isEncrypted(Channel channel) {
        for (Map.Entry<String, ChannelHandler> each : channel.pipeline()) {
            for (Class<?> type = each.getValue().getClass(); type != null; type = type.getSuperclass()) {
                if (type.getName().equals("io.netty.handler.ssl.SslHandler")) return true;
            }
        }
        return false;
    }

    static @Nullable String address(@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : null;
    }
}
