package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weir.instrumentation.synthetic.Shapes;
import dev.weir.instrumentation.weaving.Loom.Form;
import jakarta.sample.Greeting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;

/** One adapter for an API that was renamed. */
class RenamingTest {

    @Test
    void adviceForJakartaServesJavax() throws Exception {
        Loom loom = new Loom(Form.INVOKEDYNAMIC);
        byte[] library = Loom.renamed(Loom.classFile(Greeting.class), "jakarta.sample", "javax.sample");
        Loom.Application application = new Loom.Application(getClass().getClassLoader());
        byte[] woven = loom.weaver(weaving -> weaving.type("javax.sample.Greeting")
                        .renaming("jakarta/sample", "javax/sample")
                        .method("name", "Library"))
                .transform(application, "javax/sample/Greeting", null, null, library);
        assertEquals(List.of(), loom.said);
        Loom.check(woven);
        application.classFiles.put("javax.sample.Greeting", woven);
        Class<?> type = Class.forName("javax.sample.Greeting", true, application);
        Object greeting = type.getConstructor().newInstance();
        assertEquals("hello world", type.getMethod("name", String.class).invoke(greeting, "world"));
        assertEquals(List.of(), loom.blown);
    }

    @Test
    void sameAdviceServesJakarta() throws Exception {
        Loom loom = new Loom(Form.INVOKEDYNAMIC);
        Loom.Application application = new Loom.Application(getClass().getClassLoader());
        byte[] woven = loom.weaver(
                        weaving -> weaving.type("jakarta.sample.Greeting").method("name", "Library"))
                .transform(application, "jakarta/sample/Greeting", null, null, Loom.classFile(Greeting.class));
        application.classFiles.put("jakarta.sample.Greeting", woven);
        Class<?> type = Class.forName("jakarta.sample.Greeting", true, application);
        Object greeting = type.getConstructor().newInstance();
        assertEquals("hello world", type.getMethod("name", String.class).invoke(greeting, "world"));
        assertEquals(List.of(), loom.blown);
    }

    @Test
    void thereAndBackIsTheSame() throws Exception {
        byte[] original = Loom.classFile(Shapes.class);
        byte[] there =
                Renaming.of("dev/weir/instrumentation/synthetic>somewhere/else").apply(original);
        assertEquals("somewhere/else/Shapes", new ClassReader(there).getClassName());
        Loom.check(there);
        assertArrayEquals(
                original,
                Renaming.of("somewhere/else>dev/weir/instrumentation/synthetic").apply(there));
    }

    @Test
    void noRenamingIsNoWork() throws Exception {
        byte[] original = Loom.classFile(Shapes.class);
        assertSame(original, Renaming.of("").apply(original));
        assertEquals("(Ljakarta/A;)V", Renaming.of("").apply("(Ljakarta/A;)V"));
        assertEquals("(Ljavax/A;)V", Renaming.of("jakarta>javax").apply("(Ljakarta/A;)V"));
    }
}
