package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

class SupertypesTest {

    private final Loom.Application application = new Loom.Application(SupertypesTest.class.getClassLoader());

    private final Supertypes supertypes = new Supertypes();

    private byte[] declare(String name, String superName, String... interfaces) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, superName, interfaces);
        application.classFiles.put(name.replace('/', '.'), writer.toByteArray());
        return writer.toByteArray();
    }

    private boolean is(byte[] classFile, String supertype) {
        return supertypes.isSubtype(Supertypes.read(classFile), application, supertype);
    }

    @Test
    void directAndInheritedSupertypes() {
        declare("a/Wanted", "java/lang/Object");
        declare("a/Between", "java/lang/Object", "java/lang/Runnable", "a/Wanted");
        declare("a/Parent", "java/lang/Object", "a/Between");
        byte[] child = declare("a/Child", "a/Parent");
        assertTrue(is(child, "a/Wanted"));
        assertTrue(is(child, "a/Parent"));
        assertTrue(is(child, "a/Child"));
        assertTrue(is(child, "java/lang/Object"));
        assertFalse(is(child, "a/Other"));
    }

    @Test
    void superclassesOnly() {
        declare("a/Parent", "java/lang/Thread", "a/Wanted");
        byte[] child = declare("a/Child", "a/Parent", "a/Wanted");
        byte[] other = declare("a/Other", "java/lang/Object", "java/lang/Thread");
        assertTrue(supertypes.isSubclass(Supertypes.read(child), application, "java/lang/Thread"));
        assertTrue(supertypes.isSubclass(Supertypes.read(child), application, "a/Parent"));
        assertTrue(supertypes.isSubclass(Supertypes.read(child), application, "a/Child"));
        assertFalse(supertypes.isSubclass(Supertypes.read(child), application, "a/Wanted"));
        assertFalse(supertypes.isSubclass(Supertypes.read(other), application, "java/lang/Thread"));
        declare("a/One", "a/Two");
        assertFalse(
                supertypes.isSubclass(Supertypes.read(declare("a/Two", "a/One")), application, "a/Wanted"), "a circle");
        assertFalse(supertypes.isSubclass(Supertypes.read(declare("a/Lost", "a/Missing")), application, "a/Wanted"));
    }

    @Test
    void supertypesThatLiveInTheJdk() {
        byte[] connection = declare("a/Connection", "java/lang/Object", "javax/sql/PooledConnection");
        assertFalse(is(connection, "java/sql/Connection"));
        assertTrue(is(connection, "javax/sql/PooledConnection"));
        byte[] statement = declare("a/Statement", "java/lang/Object", "java/sql/CallableStatement");
        assertTrue(is(statement, "java/sql/Statement"));
    }

    @Test
    void circlesEnd() {
        declare("a/One", "a/Two", "a/Three");
        declare("a/Two", "a/One", "a/Three");
        byte[] three = declare("a/Three", "a/One", "a/Two");
        assertFalse(is(three, "a/Wanted"));
    }

    @Test
    void longChainsEnd() {
        declare("a/C0", "java/lang/Object", "a/Wanted");
        for (int i = 1; i < 200; i++) declare("a/C" + i, "a/C" + (i - 1));
        assertTrue(is(application.classFiles.get("a.C60"), "a/Wanted"));
        assertFalse(is(application.classFiles.get("a.C199"), "a/Wanted"), "a bound, not a stack overflow");
    }

    @Test
    void missingAndBrokenSupertypesAreNotTheWantedOne() {
        assertFalse(is(declare("a/Child", "a/Missing", "a/AlsoMissing"), "a/Wanted"));
        application.classFiles.put("a.Broken", new byte[] {1, 2, 3});
        assertFalse(is(declare("a/Child", "a/Broken"), "a/Wanted"));
        application.classFiles.put("a.Cut", java.util.Arrays.copyOf(declare("a/Whole", "java/lang/Object"), 20));
        assertFalse(is(declare("a/Child", "a/Cut"), "a/Wanted"));
    }

    @Test
    void aLoaderThatFailsIsNotAsked() {
        byte[] child = declare("a/Child", "a/Missing", "a/Wanted");
        ClassLoader failing = new ClassLoader(null) {
            @Override
            public InputStream getResourceAsStream(String name) {
                throw new IllegalStateException("closed");
            }
        };
        assertTrue(supertypes.isSubtype(Supertypes.read(child), failing, "a/Wanted"), "it stands in the class itself");
        assertFalse(supertypes.isSubtype(Supertypes.read(child), failing, "a/Other"));
    }

    /** Unpacked once, and not for each class that extends it. A loader is not kept by what is known of its classes. */
    @Test
    void aClassFileIsReadOnce() {
        declare("a/Parent", "java/lang/Object", "a/Wanted");
        List<String> read = new ArrayList<>();
        ClassLoader counting = new ClassLoader(null) {
            @Override
            public InputStream getResourceAsStream(String name) {
                read.add(name);
                return application.getResourceAsStream(name);
            }
        };
        for (int i = 0; i < 5; i++) {
            Supertypes.Declared child = Supertypes.read(declare("a/Child" + i, "a/Parent"));
            assertTrue(supertypes.isSubtype(child, counting, "a/Wanted"));
            assertFalse(supertypes.isSubclass(child, counting, "a/Other"));
        }
        assertEquals(List.of("a/Parent.class"), read);
        Supertypes.Declared early = Supertypes.read(declare("a/Early", "a/Later"));
        assertFalse(supertypes.isSubtype(early, counting, "a/Wanted"));
        declare("a/Later", "java/lang/Object", "a/Wanted");
        assertTrue(supertypes.isSubtype(early, counting, "a/Wanted"), "it was not there before");
    }
}
