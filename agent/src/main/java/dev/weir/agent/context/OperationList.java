package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/** Operations in the order in which they came here. An operation stands in one list at most; nothing is allocated. */
final class OperationList {

    private @Nullable Operation first;
    private @Nullable Operation last;
    private int size;

    int size() {
        return size;
    }

    /** The one that came first. */
    @Nullable
    Operation first() {
        return first;
    }

    /** Puts an operation that stands nowhere at the end. */
    void add(Operation operation) {
        operation.list = this;
        operation.before = last;
        if (last == null) first = operation;
        else last.after = operation;
        last = operation;
        size++;
    }

    /** Takes out an operation that stands here. */
    void remove(Operation operation) {
        Operation before = operation.before;
        Operation after = operation.after;
        if (before == null) first = after;
        else before.after = after;
        if (after == null) last = before;
        else after.before = before;
        operation.before = null;
        operation.after = null;
        operation.list = null;
        size--;
    }
}
