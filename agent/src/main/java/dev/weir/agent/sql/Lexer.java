package dev.weir.agent.sql;

/**
 * Cuts a statement into tokens. Takes every text, in time proportional to its length: what never ends is taken to end
 * with the text, and no search that failed once is tried again.
 */
final class Lexer {

    /** What a token is. */
    enum Token {
        /** A keyword or a name. */
        WORD,
        /** A name in quotes. */
        QUOTED,
        /** A text, number or other value written into the statement. */
        LITERAL,
        /** A place for a value, or a variable. */
        PARAMETER,
        /** One character of punctuation. */
        SYMBOL,
        /** The end of the text. */
        END
    }

    private final String text;
    private final boolean mysql;
    private final boolean backslashes;
    private int at;

    /** Where the token begins and ends; of a quoted name, with its quotes. */
    int start;

    int end;
    /** Whether white space or a comment stands before the token. */
    boolean gap;

    private Token previous = Token.SYMBOL;
    private boolean bracketsClose = true;
    private boolean dollarsClose = true;
    private boolean commentsNest = true;
    private boolean unterminated;
    private boolean doubtful;
    private boolean escapes;

    Lexer(String text, Dialect dialect, boolean backslashes) {
        this.text = text;
        this.mysql = dialect == Dialect.MYSQL;
        this.backslashes = backslashes || mysql;
    }

    /** Whether a literal never ended. */
    boolean unterminated() {
        return unterminated;
    }

    /** Whether a quote after a backslash was taken for the end of a literal. */
    boolean doubtful() {
        return doubtful;
    }

    /** Whether what followed such a quote shows that the backslash was meant to escape it. */
    boolean escapes() {
        return escapes;
    }

    Token next() {
        gap = false;
        skipToToken();
        start = at;
        previous = at >= text.length() ? Token.END : token(text.charAt(at));
        end = at;
        return previous;
    }

    /** Whether the next character but white space is this one. */
    boolean standsBefore(char c) {
        int following = end;
        while (following < text.length() && text.charAt(following) <= ' ') following++;
        return following < text.length() && text.charAt(following) == c;
    }

    private Token token(char c) {
        switch (c) {
            case '\'':
                return literal(backslashes);
            case '"':
                if (mysql) {
                    quoted('"', true);
                    return Token.LITERAL;
                }
                quoted('"', false);
                return Token.QUOTED;
            case '`':
                quoted('`', false);
                return Token.QUOTED;
            case '[':
                return bracket();
            case '$':
                return dollar();
            case '?':
                at++;
                return Token.PARAMETER;
            case ':':
            case '@':
                return parameter(c);
            default:
                break;
        }
        if (isDigit(c) || c == '.' && isDigit(peek(1)) && previous != Token.WORD && previous != Token.QUOTED) {
            return number();
        }
        if (isNameStart(c) || c == '#' && isNameStart(peek(1))) return word();
        at++;
        return Token.SYMBOL;
    }

    // ---- white space and comments

    private void skipToToken() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c <= ' ' || c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0xFEFF)) {
                at++;
            } else if (c == '-' && peek(1) == '-' && (!mysql || peek(2) <= ' ') || mysql && c == '#') {
                skipLine();
            } else if (c == '/' && peek(1) == '*') {
                if (mysql && (peek(2) == '!' || peek(2) == 'M' && peek(3) == '!')) skipConditionStart();
                else skipComment();
            } else if (mysql && c == '*' && peek(1) == '/') {
                // The end of a comment that is executed.
                at += 2;
            } else {
                return;
            }
            gap = true;
        }
    }

    private void skipLine() {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') at++;
    }

    /** {@code /*!50100 …}: MySQL executes what is in such a comment. */
    private void skipConditionStart() {
        at += peek(2) == '!' ? 3 : 4;
        while (isDigit(peek(0))) at++;
    }

    private void skipComment() {
        if (commentsNest && !mysql) {
            int depth = 1;
            int i = at + 2;
            while (i < text.length() && depth > 0) {
                char c = text.charAt(i);
                char following = i + 1 < text.length() ? text.charAt(i + 1) : 0;
                if (c == '/' && following == '*') {
                    depth++;
                    i += 2;
                } else if (c == '*' && following == '/') {
                    depth--;
                    i += 2;
                } else {
                    i++;
                }
            }
            if (depth == 0) {
                at = i;
                return;
            }
            // Then this is a database in which they do not nest.
            commentsNest = false;
        }
        int close = text.indexOf("*/", at + 2);
        at = close < 0 ? text.length() : close + 2;
    }

    // ---- values

    private Token literal(boolean escaping) {
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && escaping) {
                at = Math.min(at + 2, text.length());
            } else if (c == '\'') {
                at++;
                if (peek(0) != '\'') {
                    if (!escaping && text.charAt(at - 2) == '\\' && at - 2 > start) doubt();
                    return Token.LITERAL;
                }
                at++;
            } else {
                at++;
            }
        }
        unterminated = true;
        return Token.LITERAL;
    }

    private void doubt() {
        doubtful = true;
        if (isNamePart(peek(0))) escapes = true;
    }

    /** Oracle's {@code q'[it's]'}. */
    private Token alternativelyQuoted() {
        char open = peek(1);
        char close = switch (open) {
            case '[' -> ']';
            case '(' -> ')';
            case '{' -> '}';
            case '<' -> '>';
            default -> open;
        };
        int i = at + 2;
        while (i + 1 < text.length()) {
            if (text.charAt(i) == close && text.charAt(i + 1) == '\'') {
                at = i + 2;
                return Token.LITERAL;
            }
            i++;
        }
        unterminated = true;
        at = text.length();
        return Token.LITERAL;
    }

    private Token number() {
        boolean hexadecimal = peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X');
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean exponent = !hexadecimal && (c == 'e' || c == 'E') && (peek(1) == '+' || peek(1) == '-');
            if (exponent) at += 2;
            else if (isNamePart(c) || c == '.') at++;
            else break;
        }
        return Token.LITERAL;
    }

    private Token dollar() {
        if (isDigit(peek(1))) {
            at += 2;
            while (isDigit(peek(0))) at++;
            return Token.PARAMETER;
        }
        int tagEnd = at + 1;
        while (tagEnd < text.length() && isNamePart(text.charAt(tagEnd)) && text.charAt(tagEnd) != '$') tagEnd++;
        if (dollarsClose && !mysql && tagEnd < text.length() && text.charAt(tagEnd) == '$') {
            int close = text.indexOf(text.substring(at, tagEnd + 1), tagEnd + 1);
            if (close >= 0) {
                at = close + tagEnd + 1 - at;
                return Token.LITERAL;
            }
            dollarsClose = false;
        }
        at++;
        return Token.SYMBOL;
    }

    private Token parameter(char c) {
        int name = at + 1;
        if (c == '@' && peek(1) == '@') name++;
        if (c == ':' && peek(1) == ':') {
            at += 2;
            return Token.SYMBOL;
        }
        at++;
        if (name >= text.length() || !isNamePart(text.charAt(name))) return Token.SYMBOL;
        at = name;
        while (isNamePart(peek(0))) at++;
        return Token.PARAMETER;
    }

    // ---- names

    private void quoted(char quote, boolean escaping) {
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            at++;
            if (c == '\\' && escaping) {
                at = Math.min(at + 1, text.length());
            } else if (c == quote) {
                if (peek(0) != quote) return;
                at++;
            }
        }
        unterminated = true;
    }

    /** SQL Server's {@code [name]}; elsewhere brackets are subscripts, which follow a name. */
    private Token bracket() {
        boolean subscript = !gap && previous != Token.SYMBOL
                || start > 0 && (text.charAt(start - 1) == ']' || text.charAt(start - 1) == ')');
        int close = bracketsClose && !subscript && !mysql ? text.indexOf(']', at) : -1;
        if (close < 0) {
            if (!subscript) bracketsClose = false;
            at++;
            return Token.SYMBOL;
        }
        at = close + 1;
        return Token.QUOTED;
    }

    private Token word() {
        at++;
        while (isNamePart(peek(0))) at++;
        if (peek(0) != '\'') {
            if (peek(0) == '&' && peek(1) == '\'' && at - start == 1 && (text.charAt(start) | 32) == 'u') {
                at++;
                return literal(false);
            }
            return Token.WORD;
        }
        int length = at - start;
        char first = Character.toLowerCase(text.charAt(start));
        char last = Character.toLowerCase(text.charAt(at - 1));
        if (first == '_') return literal(backslashes);
        if (last == 'q' && (length == 1 || length == 2 && first == 'n')) return alternativelyQuoted();
        if (length == 1 && (first == 'n' || first == 'b' || first == 'x')) return literal(backslashes);
        if (length == 1 && first == 'e') return literal(true);
        return Token.WORD;
    }

    private char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80 && !Character.isWhitespace(c);
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || isDigit(c) || c == '$' || c == '#';
    }
}
