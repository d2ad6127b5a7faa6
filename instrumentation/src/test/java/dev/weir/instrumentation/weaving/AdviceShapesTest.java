package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Fuse;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.synthetic.Events;
import dev.weir.instrumentation.synthetic.Shapes;
import dev.weir.instrumentation.testing.RecordingAgent;
import dev.weir.instrumentation.weaving.Loom.Form;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of advice sees, changes and breaks, in both forms of call. */
@ParameterizedClass
@EnumSource(Form.class)
class AdviceShapesTest {

    private final Loom loom;

    AdviceShapesTest(Form form) throws ReflectiveOperationException {
        loom = new Loom(form);
    }

    @BeforeEach
    void forget() {
        Events.take();
    }

    @AfterEach
    void uninstall() {
        Hooks.install(null);
    }

    private Class<?> weave(String method, String advice) throws Exception {
        return loom.weave(Shapes.class, target -> target.method(method, advice));
    }

    private static Object call(Class<?> woven, String name, Object... arguments) throws Throwable {
        for (var method : woven.getMethods()) {
            if (!method.getName().equals(name) || method.isBridge()) continue;
            try {
                return method.invoke(woven.getConstructor().newInstance(), arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
        throw new AssertionError(name);
    }

    @Test
    void exitSeesTheArgumentsThatTheMethodWasCalledWith() throws Throwable {
        Class<?> woven = weave("assignsParameters", "SeesArguments");
        assertEquals(17L, call(woven, "assignsParameters", 4L, "b", 7.5));
        assertEquals(List.of("enter 4 b 7.5", "exit token 17 null 4 b 7.5"), Events.take());
    }

    @Test
    void aFieldStandsInForTheReceiver() throws Throwable {
        Class<?> woven = loom.weave(
                Shapes.class, target -> target.method("nothing", "SeesField").fieldForReceiver("state"));
        call(woven, "nothing");
        assertEquals(List.of("enter 0 exit 1"), Events.take());
    }

    @Test
    void aFieldThatIsNotThereIsSaidAndTheClassStaysAsItWas() throws Throwable {
        byte[] shapes = Loom.classFile(Shapes.class);
        assertNull(loom.transform(
                shapes,
                Shapes.class.getName(),
                weaving -> weaving.type(Shapes.class.getName())
                        .method("nothing", "SeesField")
                        .fieldForReceiver("gone")));
        assertEquals(1, loom.said.size(), loom.said.toString());
        assertTrue(loom.said.get(0).endsWith("Shapes has no field gone"), loom.said.get(0));
    }

    @Test
    void argumentsAreReplacedOneAfterTheOther() throws Throwable {
        Class<?> woven = weave("assignsParameters", "Replaces");
        assertEquals(10L + (long) (3.0 + "b#510".length()), call(woven, "assignsParameters", 4L, "b", 1.5));
        assertEquals(List.of("b#5"), Events.take());
    }

    @Test
    void adviceForAnyShapeSeesTheMethodAndAllArguments() throws Throwable {
        Class<?> woven = loom.weave(
                Shapes.class, target -> target.method("mixed", "AnyShape").method("staticNothing", "AnyShape"));
        call(woven, "mixed", (byte) 1, 2L, 'c', 4.5, "e", 6.5f, new int[] {7}, true);
        assertEquals(
                "mixed[1, 2, c, 4.5, e, 6.5, [7], true] = [1,2,c,4.5,e,6.5,1,true]",
                System.getProperty("synthetic.last"));
        call(woven, "staticNothing");
        assertEquals("staticNothing[] = [null]", System.getProperty("synthetic.last"));
        assertEquals(List.of(), loom.blown);
    }

    @Test
    void primitivesAreBoxedForObject() throws Throwable {
        Class<?> woven = loom.weave(Shapes.class, target -> {
            for (String method :
                    List.of("aBoolean", "aByte", "aShort", "aChar", "anInt", "aLong", "aFloat", "aDouble")) {
                target.method(method, "Boxes");
            }
        });
        call(woven, "aBoolean", true);
        call(woven, "aByte", (byte) 1);
        call(woven, "aShort", (short) 2);
        call(woven, "aChar", 'c');
        call(woven, "anInt", 4);
        call(woven, "aLong", 5L);
        call(woven, "aFloat", 6f);
        call(woven, "aDouble", 7.0);
        assertEquals(List.of("true false", "1 2", "2 3", "c d", "4 5", "5 6", "6.0 7.0", "7.0 8.0"), Events.take());
    }

    @Test
    void adviceMayThrowInPlaceOfAResult() throws Throwable {
        Class<?> woven = weave("aString", "Throws");
        Throwable after = assertThrows(IllegalStateException.class, () -> call(woven, "aString", "a"));
        assertEquals("from advice after a!", after.getMessage());
        assertEquals(List.of(), loom.blown);
    }

    @Test
    void theExceptionOfAdviceReplacesTheMethodsOwn() throws Throwable {
        Class<?> woven = weave("checkedThrow", "ThrowsToo");
        Throwable thrown = assertThrows(IllegalStateException.class, () -> call(woven, "checkedThrow", "io"));
        assertEquals("from advice after io", thrown.getMessage());
    }

    @Test
    void resultsAreReplaced() throws Throwable {
        assertEquals(40, call(weave("anInt", "IntResult"), "anInt", 3));
        assertEquals(40L, call(weave("aLong", "LongResult"), "aLong", 3L));
        assertEquals(40.0, call(weave("aDouble", "DoubleResult"), "aDouble", 3.0));
        assertEquals(true, call(weave("aBoolean", "BooleanResult"), "aBoolean", true));
        assertEquals("<a!>", call(weave("aString", "StringResult"), "aString", "a"));
        assertArrayEquals(new int[] {2}, (int[])
                call(weave("intArray", "ArrayResult"), "intArray", (Object) new int[] {1, 2}));
        assertEquals(List.of(), loom.blown);
    }

    @Test
    void aResultDoesNotHideAnException() throws Throwable {
        Class<?> woven = weave("onlyThrows", "IntResult");
        assertThrows(UnsupportedOperationException.class, () -> call(woven, "onlyThrows", 1));
    }

    @Test
    void aResultOfTheWrongTypeBlowsTheFuseAndTheResultStands() throws Throwable {
        assertEquals("a!", call(weave("aString", "WrongResult"), "aString", "a"));
        assertEquals(1, loom.blown.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"aBoolean", "aByte", "aShort", "aChar", "anInt", "aLong", "aFloat", "aDouble", "aString"})
    void aDeniedMethodIsSkipped(String method) throws Throwable {
        Object argument = Stream.of((Object) true, (byte) 1, (short) 1, 'c', 1, 1L, 1f, 1.0, "a")
                .filter(value -> fits(method, value))
                .findFirst()
                .orElseThrow();
        Class<?> denied = weave(method, "Deny");
        Throwable thrown = assertThrows(IllegalStateException.class, () -> call(denied, method, argument));
        assertEquals("denied by test", thrown.getMessage());

        Object quiet = call(weave(method, "DenyQuietly"), method, argument);
        Object zero = argument instanceof Boolean ? Boolean.FALSE : argument instanceof Character ? (char) 0 : null;
        if (argument instanceof Number) assertEquals(0.0, ((Number) quiet).doubleValue());
        else assertEquals(zero, quiet);
        assertEquals(List.of("exit test"), Events.take());
    }

    private static boolean fits(String method, Object value) {
        try {
            Class<?> parameter = java.util.Arrays.stream(Shapes.class.getMethods())
                    .filter(m -> m.getName().equals(method))
                    .findFirst()
                    .orElseThrow()
                    .getParameterTypes()[0];
            return parameter == value.getClass()
                    || parameter == value.getClass().getField("TYPE").get(null);
        } catch (NoSuchFieldException e) {
            return false;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDeniedVoidMethodIsSkipped() throws Throwable {
        Class<?> woven = weave("nothing", "DenyQuietly");
        Object receiver = woven.getConstructor().newInstance();
        woven.getMethod("nothing").invoke(receiver);
        assertEquals(0, woven.getMethod("state").invoke(receiver));
    }

    @Test
    void aDeniedCallThrowsEvenWhenItsAdviceFails() throws Throwable {
        Class<?> woven = weave("aString", "DenyAndFail");
        Throwable thrown = assertThrows(IllegalStateException.class, () -> call(woven, "aString", "a"));
        assertEquals("denied by test", thrown.getMessage());
        assertEquals(List.of("DenyAndFail: advice is broken"), loom.blown);
        assertEquals("a!", call(woven, "aString", "a"), "off for good");
    }

    @Test
    void aFuseThatBlowsWhileCallsAreOpenLetsThemEnd() throws Throwable {
        Class<?> woven = weave("callsItself", "FailExit");
        assertEquals(3, call(woven, "callsItself", 2));
        assertEquals(List.of("enter", "enter", "enter", "failing exit", "failing exit", "failing exit"), Events.take());
        assertEquals(1, loom.blown.size(), "said once");
        assertEquals(3, call(woven, "callsItself", 2));
        assertEquals(List.of(), Events.take());
    }

    @Test
    void failingEnterBlowsOnceAndTheMethodRuns() throws Throwable {
        Class<?> woven = weave("aString", "FailEnter");
        assertEquals("a!", call(woven, "aString", "a"));
        assertEquals("b!", call(woven, "aString", "b"));
        assertEquals(List.of("failing enter"), Events.take());
        assertEquals(List.of("FailEnter: advice is broken"), loom.blown);
    }

    @Test
    void failingExitBlowsOnceAndTheOutcomeStands() throws Throwable {
        Class<?> woven = loom.weave(
                Shapes.class, target -> target.method("aString", "FailExit").method("throwsFromInside", "FailExit"));
        assertThrows(StringIndexOutOfBoundsException.class, () -> call(woven, "throwsFromInside", "a"));
        assertEquals("b!", call(woven, "aString", "b"));
        assertEquals(List.of("enter", "failing exit"), Events.take());
        assertEquals(List.of("FailExit: advice is broken"), loom.blown);
    }

    @Test
    void failingArgumentAdviceLeavesTheArgumentAndExitFollows() throws Throwable {
        Class<?> woven = weave("anInt", "FailArgument");
        assertEquals(4, call(woven, "anInt", 3));
        assertEquals(4, call(woven, "anInt", 3));
        assertEquals(List.of("exit token"), Events.take());
        assertEquals(List.of("FailArgument: advice is broken"), loom.blown);
    }

    @Test
    void failingExitEndsTheCallThatItShouldHaveEnded() throws Throwable {
        RecordingAgent agent = new RecordingAgent("synthetic");
        Hooks.install(agent);
        Class<?> woven = weave("aString", "BeginAndFail");
        assertEquals("a!", call(woven, "aString", "a"));
        assertEquals(List.of("begin FILE", "end FILE"), agent.events());
        assertNull(Hooks.open(), "a call was left on the thread");
    }

    @Test
    void lackOfStackOrMemoryDoesNotBlow() throws Throwable {
        Class<?> woven = loom.weave(
                Shapes.class, target -> target.method("aString", "Overflow").method("anInt", "OutOfMemory"));
        for (int i = 0; i < 2; i++) {
            assertEquals("a!", call(woven, "aString", "a"));
            assertEquals(4, call(woven, "anInt", 3));
        }
        assertEquals(List.of("overflow", "out of memory", "overflow", "out of memory"), Events.take());
        assertEquals(List.of(), loom.blown);
    }

    @Test
    void anApplicationThatRunsOutOfStackBlowsNothing() throws Throwable {
        Class<?> woven = weave("callsItself", "Both");
        assertThrows(StackOverflowError.class, () -> call(woven, "callsItself", 10_000_000));
        Events.take();
        assertEquals(6, call(woven, "callsItself", 3));
        assertEquals(8, Events.take().size());
        assertEquals(List.of(), loom.blown);
    }

    @Test
    void failingExceptionListenerIsHarmless() throws Throwable {
        Class<?> woven = weave("aString", "FailExit");
        Fuse.listen((index, cause) -> {
            throw new IllegalStateException("nobody listens");
        });
        assertEquals("a!", call(woven, "aString", "a"));
    }

    @Test
    void constructorsAreAdvisedAroundTheirBody() throws Throwable {
        Class<?> woven = loom.weave(
                Constructed.class, target -> target.exactly("<init>", "Construction", "int", "java.lang.String"));
        Object made = woven.getConstructor(int.class, String.class).newInstance(3, "s");
        assertEquals("4 s", made.toString());
        assertEquals(List.of("enter 3 s", "exit token " + woven.getSimpleName() + " 3 s"), Events.take());
        // This one delegates to the woven one, with an expression of its own before.
        assertEquals("11 text", woven.getConstructor(int.class).newInstance(10).toString());
        assertEquals(2, Events.take().size());
        assertThrows(
                InvocationTargetException.class,
                () -> woven.getConstructor(int.class, String.class).newInstance(-5, "s"));
        assertEquals(List.of("enter -5 s"), Events.take(), "only a normal return is followed");
    }

    @Test
    void failingConstructorAdviceIsHarmless() throws Throwable {
        Class<?> woven = loom.weave(Constructed.class, target -> target.method("<init>", "FailConstruction"));
        assertEquals("10 text", woven.getConstructor(int.class).newInstance(10).toString());
        assertEquals(List.of(), Events.take());
        assertEquals(List.of("FailConstruction: advice is broken"), loom.blown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TooMany",
                "PrimitiveForReference",
                "NoSuchArgument",
                "IntToken",
                "NoAdvice",
                "Overloaded",
                "DenyWithoutExit",
                "Absent",
                "IntResult"
            })
    void adviceThatDoesNotFitIsSaidAndTheClassStaysAsItWas(String advice) throws Throwable {
        Consumer<Weaving> weave =
                weaving -> weaving.type(Shapes.class.getName()).method("aString", advice);
        assertNull(loom.transform(Loom.classFile(Shapes.class), Shapes.class.getName(), weave));
        assertEquals(1, loom.said.size(), loom.said.toString());
        assertEquals(0, loom.said.get(0).indexOf("synthetic0 failed: "), loom.said.get(0));
    }
}
