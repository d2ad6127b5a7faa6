package jakarta.sample;

/** Stands in for an API that once had another package name. */
public class Greeting {

    public String greet() {
        return "hello ";
    }

    public String name(String name) {
        return name;
    }
}
