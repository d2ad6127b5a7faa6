package dev.weir.instrumentation.synthetic;

import java.util.Comparator;

/** Methods of every shape. Each gives the same answer whether it is woven or not. */
@SuppressWarnings({"unused", "Convert2Lambda"})
public class Shapes implements Comparator<String> {

    private int state;

    public Shapes() {}

    public boolean aBoolean(boolean a) {
        return !a;
    }

    public byte aByte(byte a) {
        return (byte) (a + 1);
    }

    public short aShort(short a) {
        return (short) (a + 1);
    }

    public char aChar(char a) {
        return (char) (a + 1);
    }

    public int anInt(int a) {
        return a + 1;
    }

    public long aLong(long a) {
        return a + 1;
    }

    public float aFloat(float a) {
        return a + 1;
    }

    public double aDouble(double a) {
        return a + 1;
    }

    public String aString(String a) {
        return a + "!";
    }

    public void nothing() {
        state++;
    }

    public static void staticNothing() {}

    public static long staticWide(long a, double b, long c) {
        return a + (long) b + c;
    }

    public static String mixed(byte a, long b, char c, double d, String e, float f, int[] g, boolean h) {
        return a + "," + b + "," + c + "," + d + "," + e + "," + f + "," + g.length + "," + h;
    }

    public int[] intArray(int[] a) {
        int[] copy = a.clone();
        copy[0] = 42;
        return copy;
    }

    public long[][] nestedArray(long[][] a) {
        return new long[][] {a[0], {7}};
    }

    public boolean[] booleanArray(boolean[] a) {
        return a;
    }

    public byte[] byteArray(byte[] a) {
        return a;
    }

    public char[] charArray(char[] a) {
        return a;
    }

    public short[] shortArray(short[] a) {
        return a;
    }

    public float[] floatArray(float[] a) {
        return a;
    }

    public double[] doubleArray(double[] a) {
        return a;
    }

    public String[] stringArray(String[] a) {
        return new String[] {a[0], "more"};
    }

    public static String varargs(int a, String... rest) {
        return a + String.join("+", rest);
    }

    public synchronized int inMonitor(int a) {
        if (!Thread.holdsLock(this)) throw new IllegalMonitorStateException();
        return ++state + a;
    }

    public static synchronized int staticInMonitor(int a) {
        return a * 2;
    }

    public int ownMonitor(int a) {
        synchronized (this) {
            if (a > 100) return 100;
            state = a;
        }
        return state;
    }

    public int tryCatchFinally(int a) {
        int result = 0;
        try {
            if (a % 2 == 1) throw new IllegalArgumentException("odd");
            result = 10 / (a - a);
        } catch (IllegalArgumentException e) {
            result = 1;
        } catch (ArithmeticException e) {
            return -1;
        } finally {
            result += 100;
            state = result;
        }
        return result;
    }

    public int nestedTries(int a) {
        for (int i = 0; ; i++) {
            try {
                try {
                    if (i > a) return i;
                    if (i == 1) throw new IllegalStateException("1");
                } finally {
                    if (i == 2) continue;
                    state++;
                }
            } catch (IllegalStateException e) {
                state += 10;
            }
        }
    }

    public static int loopFromTheFirstInstruction(int a) {
        do {
            a += 3;
        } while (a < 50);
        return a;
    }

    public static long assignsParameters(long a, String b, double c) {
        a = a * 2;
        b = b + a;
        c = c + b.length();
        return a + (long) c;
    }

    public int onlyThrows(int a) {
        throw new UnsupportedOperationException("never: " + a);
    }

    public void checkedThrow(String a) throws java.io.IOException {
        throw new java.io.IOException(a);
    }

    public int throwsFromInside(String a) {
        return a.charAt(1000);
    }

    public void neverReturns(int a) {
        while (true) {
            if (a++ > 20) throw new IllegalStateException("enough " + a);
        }
    }

    public static String manyLocals(int a) {
        long b = a + 1;
        double c = b + 1;
        String d = "d" + c;
        float e = a;
        Object f = d;
        int[] g = {a, a};
        StringBuilder h = new StringBuilder();
        for (int i = 0; i < g.length; i++) {
            long inner = i * b;
            String text = d + inner;
            h.append(text).append(f == null ? "null" : f);
        }
        for (String other : new String[] {"x", "y"}) {
            double again = c * 2;
            h.append(other).append(again).append(e);
        }
        return h.toString();
    }

    public static String largeSwitch(int a) {
        return switch (a) {
            case 0 -> "zero";
            case 1 -> "one";
            case 2 -> "two";
            case 3 -> "three";
            case 4, 5, 6 -> "some";
            case 1000 -> "many";
            default -> a < 0 ? "negative" : "other";
        };
    }

    public static int stringSwitch(String a) {
        switch (a) {
            case "text":
                return 1;
            case "Aa":
            case "BB":
                return 2;
            default:
                return 3;
        }
    }

    public static int ternaries(int a, int b) {
        return (a > b ? a : b) + (a == b || a > 10 && b > 10 ? 1 : 0);
    }

    public final String aFinal(String a) {
        return a;
    }

    public static boolean patterns(Object a) {
        return a instanceof String text && text.length() > 3 || a instanceof Integer number && number > 2;
    }

    public <T extends Comparable<T>> T generic(T a, T b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    public Object newInBranches(int a) {
        return new StringBuilder(a > 1 ? new String("big") : new String("small")).append(a);
    }

    public int callsItself(int a) {
        return a <= 0 ? 0 : a + callsItself(a - 1);
    }

    @Override
    public int compare(String a, String b) {
        return a.compareTo(b);
    }

    public int state() {
        return state;
    }
}
