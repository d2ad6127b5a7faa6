package dev.weir.instrumentation.weaving;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects where one adapter is woven.
 *
 * <p><b>Advice</b> is a static class nested in the adapter, named without its adapter ({@code "Send"}), with up to three
 * kinds of static method:
 *
 * <ul>
 *   <li>{@code enter(receiver, arguments…)} before the method. What it returns (any reference type) is the token. When
 *       the return type is {@link dev.weir.bootstrap.Call} and a {@code Call.Denied} is returned, the method is skipped.
 *   <li>{@code argument<N>(token, receiver, arguments…)} replaces argument N (from 0). Runs after {@code enter}.
 *   <li>{@code exit(token, result, thrown, receiver, arguments…)} after the method, whether it returned, threw, or was
 *       skipped (then with the default result and nothing thrown). {@code result} is left out for {@code void} methods.
 *       The arguments are those that the method was called with. Returns nothing; or a {@code Throwable}, which the
 *       method then throws ({@code null}: no change); or the method's result type, which replaces the result.
 * </ul>
 *
 * <p>{@code receiver} is left out for static methods, and in {@code enter} and {@code argument<N>} of constructors. The
 * token is left out where there is no {@code enter}. An advice method takes as many of these parameters as it needs,
 * from the left; each may be declared with a wider type ({@code Object} for a primitive boxes it). Constructors ({@code <init>}) have no {@code thrown} and no
 * result: their {@code exit(token, receiver, arguments…)} only follows a normal return.
 *
 * <p>Advice for methods of any shape has {@code enterAny(method, arguments)} with the method's name as
 * {@code package.Class.method} and all arguments in an {@code Object[]}, and {@code exitAny(token, result, thrown)} with
 * a boxed result.
 *
 * <p>Advice for classes of the boot loader may only use {@code java.base}, {@code dev.weir.bootstrap} and classes of its
 * own adapter's package: all of that is defined on the boot loader.
 */
public final class Weaving {

    final Class<?> adapter;
    final List<Target> targets = new ArrayList<>();
    final Set<String> opened = new HashSet<>();

    Weaving(Class<?> adapter) {
        this.adapter = adapter;
    }

    /** Weaves the class of exactly this name. */
    public Target type(String className) {
        Target target = new Target(this, className, null, new String[0]);
        targets.add(target);
        return target;
    }

    /**
     * Weaves every class that implements this interface or extends this class, directly or not.
     *
     * @param words a class is only looked at when one of these stands in its constant pool: names of methods that a
     *     class worth weaving declares
     */
    public Target subtypesOf(String typeName, String... words) {
        if (words.length == 0)
            throw new IllegalArgumentException("subtypesOf(" + typeName + ") needs a word to look for");
        Target target = new Target(this, null, typeName, words);
        targets.add(target);
        return target;
    }

    /** Lets this adapter's advice for classes of the boot loader reach into a package of {@code java.base}. */
    public Weaving opens(String packageName) {
        opened.add(packageName);
        return this;
    }

    /** Like {@link #subtypesOf} for a class: interfaces are not looked at, which makes it much cheaper. */
    public Target subclassesOf(String className, String... words) {
        Target target = subtypesOf(className, words);
        target.superclass = true;
        return target;
    }

    /** The methods of some classes, and their advice. */
    public static final class Target {

        final Weaving weaving;
        final @Nullable String className;
        final @Nullable String supertype;
        final Words words;
        final List<Join> joins = new ArrayList<>();
        String renaming = "";
        boolean superclass;

        Target(Weaving weaving, @Nullable String className, @Nullable String supertype, String[] words) {
            this.weaving = weaving;
            this.className = className;
            this.supertype = supertype;
            this.words = Words.of(words);
        }

        /**
         * Weaves the methods of this name whose leading parameters have these types. Abstract and native methods are
         * passed over.
         *
         * @param advice the advice class's name without its adapter
         * @param leading type names as in source ({@code int}, {@code java.lang.String}, {@code byte[]}); fewer than
         *     the method has matches every longer list
         */
        public Target method(String name, String advice, String... leading) {
            joins.add(new Join(name, weaving.adapter.getName() + "$" + advice, leading, false));
            return this;
        }

        /** Like {@link #method}, but the method takes exactly these parameters. */
        public Target exactly(String name, String advice, String... parameters) {
            joins.add(new Join(name, weaving.adapter.getName() + "$" + advice, parameters, true));
            return this;
        }

        /**
         * The advice of the method that was named last gets this field of the receiver in the receiver's place, as it
         * stands when advice is called. The class itself declares it.
         */
        public Target fieldForReceiver(String name) {
            joins.get(joins.size() - 1).field = name;
            return this;
        }

        /**
         * The advice was compiled against packages of another name: {@code from} in it is read as {@code to}, for
         * example {@code jakarta/servlet} as {@code javax/servlet}.
         */
        public Target renaming(String from, String to) {
            renaming = from + ">" + to;
            return this;
        }
    }

    /** One method of a target and its advice. */
    static final class Join {

        final String method;
        final String advice;
        final String descriptor;
        final boolean exact;

        @Nullable
        String field;

        Join(String method, String advice, String[] parameters, boolean exact) {
            this.method = method;
            this.advice = advice;
            this.exact = exact;
            StringBuilder descriptor = new StringBuilder("(");
            for (String parameter : parameters) appendDescriptor(descriptor, parameter);
            this.descriptor = descriptor.toString();
        }

        boolean matches(String name, String methodDescriptor) {
            if (!method.equals(name) || !methodDescriptor.startsWith(descriptor)) return false;
            return !exact || methodDescriptor.charAt(descriptor.length()) == ')';
        }

        private static void appendDescriptor(StringBuilder to, String typeName) {
            String name = typeName;
            while (name.endsWith("[]")) {
                to.append('[');
                name = name.substring(0, name.length() - 2);
            }
            switch (name) {
                case "int" -> to.append('I');
                case "long" -> to.append('J');
                case "boolean" -> to.append('Z');
                case "byte" -> to.append('B');
                case "char" -> to.append('C');
                case "short" -> to.append('S');
                case "float" -> to.append('F');
                case "double" -> to.append('D');
                default -> to.append('L').append(name.replace('.', '/')).append(';');
            }
        }
    }
}
