package dev.weir.agent.cli.serve;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What {@code serve} was asked to do. */
record ServeOptions(
        String host,
        int port,
        @Nullable String token,
        int maxTraces,
        long maxBytes,
        long maxBody,
        Duration quiet,
        TreeStyle style,
        @Nullable Path data,
        long keepBytes,
        Duration keepFor,
        boolean json) {}
