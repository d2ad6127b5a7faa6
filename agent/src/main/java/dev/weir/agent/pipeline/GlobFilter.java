package dev.weir.agent.pipeline;

import java.util.List;

/** Chooses files by globs over the whole path: {@code *} stays inside a folder, {@code **} does not. */
final class GlobFilter implements CallPipeline.FileFilter {

    private final List<String> include;
    private final List<String> exclude;

    GlobFilter(List<String> include, List<String> exclude) {
        this.include = include;
        this.exclude = exclude;
    }

    @Override
    public boolean follows(String path) {
        return (include.isEmpty() || any(include, path)) && !any(exclude, path);
    }

    private static boolean any(List<String> globs, String path) {
        for (String glob : globs) {
            if (matches(glob, 0, path, 0)) return true;
        }
        return false;
    }

    // Not PathMatcher: it compiles regular expressions, and this runs inside the opening of files.
    static boolean matches(String glob, int g, String path, int p) {
        int at = p;
        for (int i = g; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*') {
                boolean deep = i + 1 < glob.length() && glob.charAt(i + 1) == '*';
                int next = deep ? i + 2 : i + 1;
                for (int end = at; end <= path.length(); end++) {
                    if (matches(glob, next, path, end)) return true;
                    if (!deep && end < path.length() && path.charAt(end) == '/') return false;
                }
                return false;
            }
            if (at >= path.length()) return false;
            if (c == '?' ? path.charAt(at) == '/' : path.charAt(at) != c) return false;
            at++;
        }
        return at == path.length();
    }
}
