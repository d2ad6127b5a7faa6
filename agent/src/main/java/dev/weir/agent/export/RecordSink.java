package dev.weir.agent.export;

/** Takes records from callers' threads. Never blocks. */
public interface RecordSink {

    /** Takes a record; when there is no room it is dropped and counted. */
    void offer(SpanRecord record);

    /** Takes a record that nobody keeps, for metrics. When there is no room it is not counted. */
    default void count(SpanRecord record) {}
}
