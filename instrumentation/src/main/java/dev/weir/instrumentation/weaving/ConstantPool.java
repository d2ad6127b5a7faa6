package dev.weir.instrumentation.weaving;

/** Looks into a class file's constant pool without building anything. */
final class ConstantPool {

    private ConstantPool() {}

    /** Whether one of the words stands in the pool as a string of its own. Malformed class files have none. */
    static boolean mentions(byte[] classFile, Words words) {
        if (classFile.length < 10) return false;
        int count = unsignedShort(classFile, 8);
        int at = 10;
        for (int i = 1; i < count; i++) {
            if (at + 5 > classFile.length) return false;
            switch (classFile[at]) {
                case 1 -> {
                    int length = unsignedShort(classFile, at + 1);
                    if (words.has(classFile, at + 3, length)) return true;
                    at += 3 + length;
                }
                case 3, 4, 9, 10, 11, 12, 17, 18 -> at += 5;
                case 5, 6 -> {
                    at += 9;
                    i++;
                }
                case 7, 8, 16, 19, 20 -> at += 3;
                case 15 -> at += 4;
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }
}
