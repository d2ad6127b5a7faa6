package example.shop;

/** What one service answers another. */
public record Reply(int status, String text) {
    /** The connection is closed without an answer. */
    public static final int NONE = 0;
}
