package dev.weir.instrumentation.synthetic;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An adapter whose targets a test chooses, with advice of every kind. */
public class SyntheticInstrumentation implements Instrumentation {

    private final String name;
    private final Consumer<Weaving> weave;

    public SyntheticInstrumentation(String name, Consumer<Weaving> weave) {
        this.name = name;
        this.weave = weave;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void weave(Weaving weaving) {
        weave.accept(weaving);
    }

    // ---- advice that fits every method

    static final class EnterOnly {
        static void enter() {
            Events.add("enter");
        }
    }

    static final class ExitOnly {
        static void exit() {
            Events.add("exit");
        }
    }

    static final class Both {
        static Object enter() {
            Events.add("enter");
            return "token";
        }

        static void exit(Object token) {
            Events.add("exit " + token);
        }
    }

    static final class Outer {
        static Object enter() {
            Events.add("outer enter");
            return "outer token";
        }

        static void exit(Object token) {
            Events.add("outer exit " + token);
        }
    }

    static final class OpenCall {
        static @Nullable Call enter() {
            Events.add("enter");
            return null;
        }

        static @Nullable Throwable exit(@Nullable Call call) {
            Events.add("exit " + call);
            return null;
        }
    }

    /** For methods of any shape. */
    static final class AnyShape {
        static @Nullable Object enterAny(String method, Object[] arguments) {
            Events.add("enter any");
            last = method.substring(method.lastIndexOf('.') + 1) + Arrays.deepToString(arguments);
            return "token";
        }

        static void exitAny(Object token, @Nullable Object result, @Nullable Throwable thrown) {
            Events.add("exit any " + token);
            if (thrown == null) last += " = " + Arrays.deepToString(new Object[] {result});
            System.setProperty("synthetic.last", last);
        }

        private static String last = "";
    }

    /** Primitives are boxed where advice says {@code Object}. */
    static final class Boxes {
        static Object enter(Object receiver, Object first) {
            return first;
        }

        static void exit(Object token, Object result) {
            Events.add(token + " " + result);
        }
    }

    /** The token is of the adapter's own type. */
    static final class OwnToken {
        static Token enter() {
            return new Token("own");
        }

        static void exit(Token token) {
            Events.add("exit " + token.text);
        }
    }

    /** Like the one before; no other test puts it on the boot loader. */
    static final class BesideItsLibrary {
        static Token enter() {
            return new Token("beside");
        }

        static void exit(Token token) {
            Events.add("exit " + token.text);
        }
    }

    static final class Token {
        final String text;

        Token(String text) {
            this.text = text;
        }
    }

    // ---- denial

    static final class Deny {
        static Call enter() {
            return new Call.Denied("test", "denied by test", false);
        }

        static Throwable exit(Call call) {
            return new IllegalStateException(((Call.Denied) call).message());
        }
    }

    static final class DenyQuietly {
        static Call enter() {
            return new Call.Denied("test", "denied by test", false);
        }

        static void exit(Call call) {
            Events.add("exit " + ((Call.Denied) call).rule());
        }
    }

    static final class DenyAndFail {
        static Call enter() {
            return new Call.Denied("test", "denied by test", false);
        }

        static Throwable exit(Call call) {
            throw new IllegalArgumentException("advice is broken");
        }
    }

    // ---- advice that fails

    static final class FailEnter {
        static Object enter() {
            Events.add("failing enter");
            throw new IllegalArgumentException("advice is broken");
        }

        static void exit(Object token) {
            Events.add("exit that must not run");
        }
    }

    static final class FailExit {
        static Object enter() {
            Events.add("enter");
            return "token";
        }

        static void exit(Object token) {
            Events.add("failing exit");
            throw new IllegalArgumentException("advice is broken");
        }
    }

    static final class Overflow {
        static Object enter() {
            Events.add("overflow");
            throw new StackOverflowError();
        }

        static void exit(Object token) {
            throw new AssertionError("enter never returned");
        }
    }

    static final class OutOfMemory {
        static void exit() {
            Events.add("out of memory");
            throw new OutOfMemoryError();
        }
    }

    static final class FailArgument {
        static Object enter() {
            return "token";
        }

        static int argument0() {
            throw new IllegalArgumentException("advice is broken");
        }

        static void exit(Object token) {
            Events.add("exit " + token);
        }
    }

    // ---- advice for certain methods

    /** For {@code assignsParameters(long, String, double)}. */
    static final class SeesArguments {
        static Object enter(long a, String b, double c) {
            Events.add("enter " + a + " " + b + " " + c);
            return "token";
        }

        static void exit(Object token, long result, @Nullable Throwable thrown, long a, CharSequence b, double c) {
            Events.add("exit " + token + " " + result + " " + thrown + " " + a + " " + b + " " + c);
        }
    }

    /** For a static method with an int and a long. */
    static final class SeesIntAndLong {
        static void exit(String result, @Nullable Throwable thrown, int a, long b) {
            Events.add("exit " + result + " " + a + " " + b);
        }
    }

    /** For {@code nothing()}, which counts up the field that it sees. */
    static final class SeesReceiver {

        static Object enter(Object receiver) {
            Events.add("enter " + receiver.getClass().getSimpleName());
            return "token";
        }

        static void exit(Object token, int result, @Nullable Throwable thrown, Object receiver) {
            Events.add("exit " + receiver.getClass().getSimpleName() + " " + result);
        }
    }

    static final class SeesField {
        static Object enter(int state) {
            return "enter " + state;
        }

        static void exit(Object token, @Nullable Throwable thrown, Object state) {
            Events.add(token + " exit " + state);
        }
    }

    /** For {@code assignsParameters(long, String, double)}. */
    static final class Replaces {
        static long argument0(long a) {
            return a + 1;
        }

        static Object argument1(long a, String b) {
            return b + "#" + a;
        }

        static double argument2(long a, String b, double c) {
            Events.add(b);
            return c * 2;
        }
    }

    /** For methods that return nothing. */
    static final class ThrowsToo {
        static Throwable exit(@Nullable Throwable thrown) {
            return new IllegalStateException("from advice after " + (thrown == null ? null : thrown.getMessage()));
        }
    }

    static final class BeginAndFail {
        static @Nullable Call enter() {
            return Hooks.begin(new OwnFacts());
        }

        static void exit(@Nullable Call call) {
            throw new IllegalArgumentException("advice is broken");
        }
    }

    static final class OwnFacts extends CallFacts {
        OwnFacts() {
            super(Kind.FILE, "synthetic");
        }
    }

    static final class IntResult {
        static int exit(int result) {
            return result * 10;
        }
    }

    static final class LongResult {
        static long exit(long result) {
            return result * 10;
        }
    }

    static final class DoubleResult {
        static double exit(double result) {
            return result * 10;
        }
    }

    static final class BooleanResult {
        static boolean exit(boolean result) {
            return !result;
        }
    }

    static final class StringResult {
        static Object exit(String result) {
            return "<" + result + ">";
        }
    }

    static final class ArrayResult {
        static int[] exit(int[] result) {
            return new int[] {result.length};
        }
    }

    static final class WrongResult {
        static Object exit(String result) {
            return Integer.valueOf(1);
        }
    }

    static final class Throws {
        static Throwable exit(Object result, @Nullable Throwable thrown) {
            return new IllegalStateException("from advice after " + (thrown == null ? result : thrown.getMessage()));
        }
    }

    /** For constructors with an int and a String. */
    static final class Construction {
        static Object enter(int a, String b) {
            Events.add("enter " + a + " " + b);
            return "token";
        }

        static int argument0(Object token, int a) {
            return a + 1;
        }

        static void exit(Object token, Object receiver, int a, String b) {
            Events.add("exit " + token + " " + receiver.getClass().getSimpleName() + " " + a + " " + b);
        }
    }

    static final class FailConstruction {
        static Object enter() {
            throw new IllegalArgumentException("advice is broken");
        }

        static void exit(Object token, Object receiver) {
            Events.add("exit that must not run");
        }
    }

    // ---- advice that is wrong

    static final class TooMany {
        static void exit(Object result, Throwable thrown, Object receiver, Object a, Object b, Object c, Object d) {}
    }

    static final class PrimitiveForReference {
        static void enter(Object receiver, int a) {}
    }

    static final class NoSuchArgument {
        static String argument7() {
            return "";
        }
    }

    static final class IntToken {
        static int enter() {
            return 1;
        }
    }

    static final class NoAdvice {
        void enter() {}
    }

    static final class Overloaded {
        static void enter() {}

        static void enter(Object receiver) {}
    }

    static final class DenyWithoutExit {
        static Call enter() {
            return new Call.Denied("test", "denied by test", false);
        }
    }

    /** Speaks of a class that only the library's loader knows. */
    static final class Library {
        static String exit(String result, Throwable thrown, jakarta.sample.Greeting receiver) {
            return receiver.greet() + result;
        }
    }
}
