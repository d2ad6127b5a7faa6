package dev.weir.agent.sql;

import dev.weir.agent.sql.Lexer.Token;
import org.jspecify.annotations.Nullable;

/** Where a reader stands in a statement. Whatever it comes by is written down in three forms. */
final class TokenCursor {

    private final String text;
    final Lexer lexer;
    private final Rewriting normalised;
    private final Rewriting canonical;
    private final Rewriting sanitised;

    /** The token that the reader stands at. */
    Token token = Token.END;
    /** The keyword that it is. */
    @Nullable
    Keyword keyword;
    /** The keyword that the token before it was. */
    @Nullable
    Keyword before;
    /** Whether the next step stays where it is: the token was looked at, and is not used up. */
    boolean heldBack;

    TokenCursor(String text, Dialect dialect, boolean backslashes) {
        this.text = text;
        this.lexer = new Lexer(text, dialect, backslashes);
        this.normalised = new Rewriting(text);
        this.canonical = new Rewriting(text);
        this.sanitised = new Rewriting(text);
    }

    String normalised() {
        return normalised.result();
    }

    String canonical() {
        return canonical.result();
    }

    String sanitised() {
        return sanitised.result();
    }

    /** Goes on to the next token; {@code false} at the end. */
    boolean advance() {
        if (heldBack) {
            heldBack = false;
            return token != Token.END;
        }
        before = keyword;
        Token last = token;
        token = lexer.next();
        if (token == Token.END) return false;
        keyword = token == Token.WORD ? Keyword.of(text, lexer.start, lexer.end) : null;
        normalised.add(lexer.gap, lexer.start, lexer.end, null);
        canonical.add(lexer.gap && last != Token.SYMBOL && token != Token.SYMBOL, lexer.start, lexer.end, null);
        sanitised.add(lexer.gap, lexer.start, lexer.end, token == Token.LITERAL ? "?" : null);
        return true;
    }

    /** Whether the token is this punctuation. */
    boolean isSymbol(char c) {
        return token == Token.SYMBOL && text.charAt(lexer.start) == c;
    }

    char firstCharacter() {
        return text.charAt(lexer.start);
    }

    /** Whether the token is this word, in whatever case. */
    boolean isWord(String word) {
        return token == Token.WORD
                && lexer.end - lexer.start == word.length()
                && text.regionMatches(true, lexer.start, word, 0, word.length());
    }

    /** Whether the token can be a name. */
    boolean isNamed() {
        return token == Token.WORD || token == Token.QUOTED;
    }

    /** Reads on to the token behind a name, and holds it back. */
    String qualified() {
        StringBuilder name = null;
        String first = unquoted();
        keyword = null;
        boolean more = advance();
        while (more && isSymbol('.')) {
            more = advance();
            if (!more || !isNamed()) {
                // SQL Server: database..table
                if (more && isSymbol('.')) continue;
                break;
            }
            if (name == null) name = new StringBuilder(first);
            name.append('.').append(unquoted());
            keyword = null;
            more = advance();
        }
        heldBack = true;
        return name == null ? first : name.toString();
    }

    /** The name that the token is, without its quotes. */
    String unquoted() {
        if (token == Token.WORD) return text.substring(lexer.start, lexer.end);
        char open = text.charAt(lexer.start);
        int to = lexer.end - 1 > lexer.start ? lexer.end - 1 : lexer.end;
        String inside = text.substring(lexer.start + 1, Math.max(to, lexer.start + 1));
        if (open == '[') return inside;
        String quote = String.valueOf(open);
        return inside.contains(quote) ? inside.replace(quote + quote, quote) : inside;
    }
}
