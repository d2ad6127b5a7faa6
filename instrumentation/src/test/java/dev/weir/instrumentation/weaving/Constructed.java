package dev.weir.instrumentation.weaving;

/** Constructors that call others, throw, and compute before they do. */
public class Constructed {

    private final String text;

    public Constructed(int a) {
        this(a, a > 5 ? "text" : "small");
    }

    public Constructed(int a, String b) {
        super();
        try {
            if (a < 0) throw new IllegalArgumentException("negative");
        } finally {
            b = b.trim();
        }
        text = a + " " + b;
    }

    @Override
    public String toString() {
        return text;
    }
}
