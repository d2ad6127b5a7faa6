package dev.weir.benchmark.workload;

/** The smallest program there is. */
public final class HelloWorld {

    private HelloWorld() {}

    public static void main(String[] args) {
        System.out.println("hello, world");
    }
}
