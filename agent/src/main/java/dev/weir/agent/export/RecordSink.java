package dev.weir.agent.export;

/** Takes records from callers' threads. Never blocks. */
public interface RecordSink {

    /** Takes a record; when there is no room it is dropped and counted. */
    void offer(SpanRecord record);
}
