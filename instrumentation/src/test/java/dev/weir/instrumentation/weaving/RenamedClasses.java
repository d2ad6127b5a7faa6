package dev.weir.instrumentation.weaving;

/** For tests: classes of the application that were compiled against packages of another name, as advice is. */
public final class RenamedClasses {

    private RenamedClasses() {}

    /** @param renaming as in {@link Renaming#of} */
    public static byte[] read(String className, String renaming) {
        ClassFiles classFiles = new ClassFiles(RenamedClasses.class.getClassLoader());
        return Renaming.of(renaming).apply(classFiles.read(className.replace('.', '/')));
    }
}
