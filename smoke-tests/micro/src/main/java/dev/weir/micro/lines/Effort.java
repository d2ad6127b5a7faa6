package dev.weir.micro.lines;

/** How long a line is measured. */
enum Effort {
    /** For a claim. */
    FULL,
    /** For a first look. */
    QUICK,
    /** That it works, not what it costs. */
    SMOKE
}
