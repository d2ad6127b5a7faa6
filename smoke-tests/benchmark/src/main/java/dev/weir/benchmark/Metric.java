package dev.weir.benchmark;

/** What is measured. */
enum Metric {
    START_WALL("wall", "ms"),
    START_CPU("CPU", "ms"),
    START_CLASSES("loaded classes", ""),
    START_RSS("peak RSS", "MB"),
    START_ARCHIVED("classes from the archive", ""),
    START_WARNINGS("warnings of the JVM", ""),
    OPERATION_TIME("time per op", "µs"),
    OPERATION_CPU("CPU per op", "µs"),
    OPERATION_BYTES("allocated per op", "B");

    private final String title;
    private final String unit;

    Metric(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    String title() {
        return unit.isEmpty() ? title : title + ", " + unit;
    }
}
