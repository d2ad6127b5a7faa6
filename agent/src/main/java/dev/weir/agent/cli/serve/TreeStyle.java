package dev.weir.agent.cli.serve;

/** How a tree is drawn, and where it is cut. */
record TreeStyle(boolean ascii, boolean colour, int maxDepth, int maxChildren, int maxLines) {
    static final TreeStyle PLAIN = new TreeStyle(false, false, 64, 100, 1_000);

    TreeStyle drawn(boolean inAscii, boolean inColour) {
        return new TreeStyle(inAscii, inColour, maxDepth, maxChildren, maxLines);
    }

    TreeStyle cutAt(int lines) {
        return new TreeStyle(ascii, colour, maxDepth, maxChildren, lines);
    }
}
