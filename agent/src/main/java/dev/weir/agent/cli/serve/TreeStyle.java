package dev.weir.agent.cli.serve;

/** How a tree is drawn, and where it is cut. Columns are kept to in plain text only. */
record TreeStyle(boolean ascii, boolean colour, int maxDepth, int maxChildren, int maxLines, int maxColumns) {
    static final TreeStyle PLAIN = new TreeStyle(false, false, 64, 100, 1_000, Integer.MAX_VALUE);

    TreeStyle drawn(boolean inAscii, boolean inColour) {
        return new TreeStyle(inAscii, inColour, maxDepth, maxChildren, maxLines, maxColumns);
    }

    TreeStyle cutAt(int lines, int columns) {
        return new TreeStyle(ascii, colour, maxDepth, maxChildren, lines, columns);
    }
}
