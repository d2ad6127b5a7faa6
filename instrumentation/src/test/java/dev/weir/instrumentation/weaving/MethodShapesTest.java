package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.synthetic.Events;
import dev.weir.instrumentation.synthetic.Shapes;
import dev.weir.instrumentation.weaving.Loom.Form;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shape of method, under every kind of advice that fits them all, in both forms of call. */
class MethodShapesTest {

    private static final Map<String, List<String>> ADVICE = Map.of(
            "EnterOnly", List.of("enter"),
            "ExitOnly", List.of("exit"),
            "Both", List.of("enter", "exit token"),
            "OpenCall", List.of("enter", "exit null"),
            "OwnToken", List.of("exit own"),
            "AnyShape", List.of("enter any", "exit any token"));

    @BeforeEach
    void forget() {
        Events.take();
    }

    static Stream<Arguments> formsAndAdvice() {
        return Arrays.stream(Form.values())
                .flatMap(form -> ADVICE.keySet().stream().map(advice -> Arguments.of(form, advice)));
    }

    @ParameterizedTest
    @MethodSource("formsAndAdvice")
    void wovenMethodsGiveTheSameAnswers(Form form, String advice) throws Exception {
        List<Method> methods = methods();
        assertTrue(methods.size() > 40, "only " + methods);
        Loom loom = new Loom(form);
        Class<?> woven = loom.weave(Shapes.class, target -> {
            for (Method method : methods) target.method(method.getName(), advice);
        });
        for (Method method : methods) {
            for (int variant = 0; variant < 4; variant++) {
                Object[] arguments = arguments(method, variant);
                String expected = outcome(method, Shapes.class, arguments);
                assertEquals(List.of(), Events.take());
                Method same = woven.getMethod(method.getName(), method.getParameterTypes());
                String actual = outcome(same, woven, arguments);
                assertEquals(expected, actual, method + Arrays.deepToString(arguments));
                List<String> events = Events.take();
                List<String> once = ADVICE.get(advice);
                if (method.getName().equals("callsItself")) {
                    int calls = Math.max(0, (int) arguments[0]) + 1;
                    assertEquals(calls * once.size(), events.size(), "every call of itself is seen");
                } else {
                    assertEquals(once, events, method + Arrays.deepToString(arguments));
                }
            }
        }
        assertEquals(List.of(), loom.blown);
    }

    @ParameterizedTest
    @MethodSource("formsAndAdvice")
    void twoAdvicesOnOneMethodNest(Form form, String advice) throws Exception {
        List<Method> methods = methods();
        Loom loom = new Loom(form);
        Class<?> woven = loom.weave(Shapes.class, target -> {
            for (Method method : methods) {
                target.method(method.getName(), "Outer").method(method.getName(), advice);
            }
        });
        List<String> nested = new ArrayList<>(ADVICE.get(advice));
        nested.add(0, "outer enter");
        nested.add("outer exit outer token");
        for (Method method : methods) {
            if (method.getName().equals("callsItself")) continue;
            Object[] arguments = arguments(method, 1);
            String expected = outcome(method, Shapes.class, arguments);
            Method same = woven.getMethod(method.getName(), method.getParameterTypes());
            assertEquals(expected, outcome(same, woven, arguments), method.toString());
            assertEquals(nested, Events.take(), method.toString());
        }
        assertEquals(List.of(), loom.blown);
    }

    @ParameterizedTest
    @MethodSource("formsAndAdvice")
    void bridgesAreLeftAlone(Form form, String advice) throws Exception {
        Class<?> woven = new Loom(form).weave(Shapes.class, target -> target.method("compare", advice));
        @SuppressWarnings("unchecked")
        Comparator<Object> bridged = (Comparator<Object>) woven.getConstructor().newInstance();
        assertEquals(-1, bridged.compare("a", "b"));
        assertEquals(ADVICE.get(advice), Events.take());
    }

    private static List<Method> methods() {
        return Arrays.stream(Shapes.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers())
                        && !method.isSynthetic()
                        && !method.getName().equals("state"))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    private static Object[] arguments(Method method, int variant) {
        return Arrays.stream(method.getParameterTypes())
                .map(type -> argument(type, variant))
                .toArray();
    }

    private static Object argument(Class<?> type, int variant) {
        int number = List.of(0, 3, 1000, -7).get(variant);
        if (type == boolean.class) return variant % 2 == 0;
        if (type == byte.class) return (byte) number;
        if (type == short.class) return (short) number;
        if (type == char.class) return (char) ('a' + variant);
        if (type == int.class) return number;
        if (type == long.class) return number * 10_000_000_000L;
        if (type == float.class) return number + 0.5f;
        if (type == double.class) return number + 0.25;
        if (type == int[].class) return new int[] {number, 2};
        if (type == long[][].class) return new long[][] {{number}, {2, 3}};
        if (type == boolean[].class) return new boolean[] {true};
        if (type == byte[].class) return new byte[] {(byte) number};
        if (type == char[].class) return new char[] {'c'};
        if (type == short[].class) return new short[] {(short) number};
        if (type == float[].class) return new float[] {number};
        if (type == double[].class) return new double[] {number};
        if (type == String[].class) return new String[] {"s" + number, "t"};
        if (type == Object.class && variant == 1) return number;
        return List.of("text", "Aa", "other", "B").get(variant);
    }

    private static String outcome(Method method, Class<?> type, Object[] arguments) throws Exception {
        Object receiver = type.getConstructor().newInstance();
        String outcome;
        try {
            Object result = method.invoke(receiver, arguments);
            outcome = Arrays.deepToString(new Object[] {result});
        } catch (InvocationTargetException e) {
            outcome = e.getCause().toString();
        }
        return outcome + " state " + type.getMethod("state").invoke(receiver);
    }
}
