package dev.weir.bootstrap;

/**
 * What an adapter knows of a process that is started ({@link Kind#PROCESS}). Its headers are the variables of its
 * environment.
 */
public abstract class ProcessFacts extends CallFacts {

    private final String[] command;

    /** @param command the executable and its arguments */
    protected ProcessFacts(String instrumentation, String[] command) {
        super(Kind.PROCESS, instrumentation);
        this.command = command;
    }

    /** The executable and its arguments. The array is not changed. */
    public final String[] command() {
        return command;
    }

    /** The executable's name without its directory. */
    public final String executable() {
        String path = command.length == 0 || command[0] == null ? "" : command[0];
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    /** The process's id; 0 before it has started. */
    public long pid() {
        return 0;
    }
}
