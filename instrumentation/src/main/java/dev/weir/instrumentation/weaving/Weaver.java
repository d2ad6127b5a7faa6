package dev.weir.instrumentation.weaving;

import dev.weir.bootstrap.AdviceDispatcher;
import dev.weir.bootstrap.Fuse;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Weaving.Join;
import dev.weir.instrumentation.weaving.Weaving.Target;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The one transformer: finds the classes that adapters want woven, and weaves them.
 *
 * <p>A class that nobody wants costs a hash lookup on its name, and, outside the JDK, a walk over its constant pool.
 */
public final class Weaver implements ClassFileTransformer {

    /** What the weaver has to say to people. */
    public interface Listener {

        /** A class could not be woven and stays as it was. */
        void failed(String adapter, String className, Throwable cause);

        /** A class was left alone on purpose. Said once for each loader or adapter. */
        void passedOver(String className, String reason);

        /**
         * Classes may have been loaded behind the weaver's back: {@link #catchUp} is to be called soon, on a thread that
         * loads no class just now. Said once until that is done.
         */
        default void catchUpDue() {}
    }

    private static final Set<String> AGENTS = Set.of(
            "dev.weir.agent.AgentClassLoader",
            "io.opentelemetry.javaagent.bootstrap.AgentClassLoader",
            "io.opentelemetry.javaagent.tooling.ExtensionClassLoader",
            "io.opentelemetry.javaagent.tooling.instrumentation.indy.InstrumentationModuleClassLoader",
            "datadog.trace.bootstrap.DatadogClassLoader");

    private record Wanted(WovenAdapter adapter, Target target) {}

    // Fuses and linked call sites outlive a weaver, so several weavers in one JVM must share them.
    private static final List<String> fuseNames = new ArrayList<>();
    private static final AdviceLinker LINKER = new AdviceLinker(Weaver.class.getClassLoader());

    private final Map<String, List<Wanted>> byName = new HashMap<>();
    private final List<Wanted> bySupertype = new ArrayList<>();
    private final List<WovenAdapter> adapters = new ArrayList<>();
    private final Map<String, Integer> fuses = new ConcurrentHashMap<>();
    private final Map<ClassLoader, Boolean> seesHooks = new WeakHashMap<>();
    private final Offered offered = new Offered();
    private final AtomicBoolean catchUpDue = new AtomicBoolean();
    private final ClassFiles classFiles;
    private final BootLoader bootLoader;
    private final BootAdvice bootAdvice;
    private final Listener listener;
    private final Supertypes supertypes = new Supertypes();
    private Words words = Words.of();

    /** @param bootLoader where advice for JDK classes goes */
    public Weaver(BootLoader bootLoader, Listener listener) {
        this.classFiles = new ClassFiles(Weaver.class.getClassLoader());
        this.bootLoader = bootLoader;
        this.bootAdvice = new BootAdvice(bootLoader, classFiles);
        this.listener = listener;
        AdviceDispatcher.install(LINKER);
    }

    /** Takes an adapter in. All adapters come before {@link #install}. */
    public void add(Instrumentation instrumentation) {
        Weaving weaving = new Weaving(instrumentation.getClass());
        instrumentation.weave(weaving);
        bootLoader.open(weaving.opened);
        WovenAdapter adapter = new WovenAdapter(instrumentation.name());
        adapters.add(adapter);
        for (Target target : weaving.targets) {
            Wanted wanted = new Wanted(adapter, target);
            if (target.className != null) {
                String name = target.className.replace('.', '/');
                List<Wanted> known = byName.get(name);
                if (known == null) byName.put(name, known = new ArrayList<>(2));
                known.add(wanted);
            } else {
                bySupertype.add(wanted);
            }
        }
        List<Words> all = new ArrayList<>();
        for (Wanted wanted : bySupertype) all.add(wanted.target.words);
        words = Words.ofAll(all);
    }

    /**
     * Starts to weave, and weaves what is already loaded. Classes that came from a class-data archive never pass a
     * transformer, so library classes are looked for too.
     */
    public void install(java.lang.instrument.Instrumentation jvm) {
        jvm.addTransformer(this, true);
        readOneClassFile();
        catchUp(jvm);
        // And what that has loaded.
        catchUp(jvm);
    }

    /** What the JDK needs to read class files is loaded now, where it can be woven, not while the first class is. */
    private static void readOneClassFile() {
        try (InputStream in = ClassLoader.getSystemResourceAsStream("java/lang/Object.class")) {
            if (in != null) in.read();
        } catch (IOException e) {
            // Then it is not readable later either.
        }
    }

    /**
     * Weaves the loaded classes that were never offered to it. While a class is woven, class loaders may be asked for
     * class files of others; the JVM offers what this loads to no transformer
     * (<a href="https://docs.oracle.com/en/java/javase/17/docs/api/java.instrument/java/lang/instrument/ClassFileTransformer.html">ClassFileTransformer</a>
     * leaves that open; JPLISAgent.c, {@code tryToAcquireReentrancyToken}).
     */
    public void catchUp(java.lang.instrument.Instrumentation jvm) {
        catchUpDue.set(false);
        List<Class<?>> missed = new ArrayList<>();
        for (Class<?> type : jvm.getAllLoadedClasses()) {
            if (mayBeWanted(type) && !offered.has(type) && jvm.isModifiableClass(type)) missed.add(type);
        }
        retransform(jvm, missed);
        // Some are only like those that are wanted.
        for (Class<?> type : missed) {
            offered.add(type.getClassLoader(), type.getName().replace('.', '/'));
        }
    }

    /** A class loader is about to be asked for other classes than the one that is woven. */
    private void consults(ClassLoader loader) {
        if (!isOfTheJdk(loader) && catchUpDue.compareAndSet(false, true)) listener.catchUpDue();
    }

    private static boolean isOfTheJdk(ClassLoader loader) {
        return loader.getClass().getName().startsWith("jdk.internal.loader.");
    }

    private boolean mayBeWanted(Class<?> type) {
        if (type.isArray() || type.isHidden()) return false;
        String name = type.getName();
        if (byName.containsKey(name.replace('.', '/'))) return true;
        if (bySupertype.isEmpty()
                || type.getClassLoader() == null
                || type.isInterface()
                || ofNoInterest(name.replace('.', '/'))) {
            return false;
        }
        for (Wanted wanted : bySupertype) {
            if (wanted.target.supertype != null && isLoadedSubtype(type, wanted.target.supertype)) return true;
        }
        return false;
    }

    private static boolean isLoadedSubtype(@Nullable Class<?> type, String supertype) {
        if (type == null || type == Object.class) return false;
        if (type.getName().equals(supertype)) return true;
        for (Class<?> implemented : type.getInterfaces()) {
            if (isLoadedSubtype(implemented, supertype)) return true;
        }
        return isLoadedSubtype(type.getSuperclass(), supertype);
    }

    private void retransform(java.lang.instrument.Instrumentation jvm, List<Class<?>> types) {
        if (types.isEmpty()) return;
        try {
            jvm.retransformClasses(types.toArray(new Class<?>[0]));
        } catch (UnmodifiableClassException | LinkageError | RuntimeException e) {
            // One class spoils the whole batch: find out which.
            for (Class<?> type : types) {
                try {
                    jvm.retransformClasses(type);
                } catch (UnmodifiableClassException | LinkageError | RuntimeException single) {
                    listener.failed("retransformation", type.getName(), single);
                }
            }
        }
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] classFile) {
        if (className == null || isAnAgents(loader)) return null;
        try {
            List<Wanted> wanted = byName.getOrDefault(className, List.of());
            if (!words.isEmpty()
                    && loader != null
                    && !ofNoInterest(className)
                    && ConstantPool.mentions(classFile, words)) {
                consults(loader);
                wanted = with(wanted, wantedBySupertype(loader, classFile));
            }
            if (wanted.isEmpty()) return null;
            offered.add(loader, className);
            return weaveSound(loader, className, classFile, wanted);
        } catch (Throwable t) {
            listener.failed("weaver", className.replace('/', '.'), t);
            return null;
        }
    }

    /** This agent, and others, have libraries of their own that adapters would follow in an application. */
    private static boolean isAnAgents(@Nullable ClassLoader loader) {
        return loader != null && AGENTS.contains(loader.getClass().getName());
    }

    private static List<Wanted> with(List<Wanted> some, List<Wanted> more) {
        if (some.isEmpty() || more.isEmpty()) return some.isEmpty() ? more : some;
        List<Wanted> both = new ArrayList<>(some);
        both.addAll(more);
        return both;
    }

    /** Weaves what can be woven: one adapter's failure must not take the others along. */
    private byte @Nullable [] weaveSound(
            @Nullable ClassLoader loader, String className, byte[] classFile, List<Wanted> wanted)
            throws ReflectiveOperationException {
        try {
            return weave(loader, className, classFile, wanted);
        } catch (RuntimeException | ReflectiveOperationException | LinkageError e) {
            if (wanted.size() == 1) {
                listener.failed(wanted.get(0).adapter.name(), className.replace('/', '.'), e);
                return null;
            }
        }
        List<Wanted> sound = new ArrayList<>();
        for (Wanted each : wanted) {
            if (weaveSound(loader, className, classFile, List.of(each)) != null) sound.add(each);
        }
        return sound.isEmpty() ? null : weave(loader, className, classFile, sound);
    }

    private static boolean ofNoInterest(String className) {
        return className.startsWith("java/")
                || className.startsWith("jdk/")
                || className.startsWith("sun/")
                || className.startsWith("com/sun/proxy/")
                || className.startsWith("dev/weir/")
                || className.contains("$Proxy");
    }

    private List<Wanted> wantedBySupertype(ClassLoader loader, byte[] classFile) {
        List<Wanted> found = new ArrayList<>(1);
        Supertypes.Declared declared = null;
        for (Wanted wanted : bySupertype) {
            Target target = wanted.target;
            if (target.supertype == null || !ConstantPool.mentions(classFile, target.words)) continue;
            if (declared == null) declared = Supertypes.read(classFile);
            if (isSubtype(declared, loader, target, target.supertype.replace('.', '/'))) found.add(wanted);
        }
        return found;
    }

    private boolean isSubtype(Supertypes.Declared type, ClassLoader loader, Target target, String supertype) {
        return target.superclass
                ? supertypes.isSubclass(type, loader, supertype)
                : supertypes.isSubtype(type, loader, supertype);
    }

    private byte @Nullable [] weave(
            @Nullable ClassLoader loader, String className, byte[] classFile, List<Wanted> wanted)
            throws ReflectiveOperationException {
        try {
            return weave(loader, className, classFile, wanted, false);
        } catch (ReceiverReused e) {
            // Seldom, and not to be seen before all of a method was read.
            return weave(loader, className, classFile, wanted, true);
        }
    }

    private byte @Nullable [] weave(
            @Nullable ClassLoader loader,
            String className,
            byte[] classFile,
            List<Wanted> wanted,
            boolean reusesReceiver)
            throws ReflectiveOperationException {
        ClassReader reader = new ClassReader(classFile);
        // What subtypes do is woven in classes.
        if ((reader.getAccess() & Opcodes.ACC_INTERFACE) != 0
                && wanted.stream().allMatch(each -> each.target.className == null)) return null;
        if (reader.readUnsignedShort(6) < Opcodes.V1_7 && !canBeJava7(reader, wanted)) {
            for (Wanted each : wanted) {
                if (each.adapter.saidTooOld.compareAndSet(false, true)) {
                    listener.passedOver(className.replace('/', '.'), "its class file is older than Java 7");
                }
            }
            return null;
        }
        if (loader != null && !seesHooks(loader, className)) return null;
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        Joiner joiner = new Joiner(writer, loader, className, wanted, reusesReceiver);
        reader.accept(joiner, ClassReader.EXPAND_FRAMES);
        for (Wanted each : wanted) {
            boolean matched = joiner.joined.contains(each.adapter);
            // A subtype may well leave everything to its parents; a class wanted by name must have what is wanted.
            if (matched || each.target.className != null) each.adapter.saw(className.replace('/', '.'), matched);
        }
        if (joiner.joined.isEmpty()) return null;
        if (loader == null) {
            for (Map.Entry<String, String> advice : joiner.adviceUsed.entrySet()) {
                bootAdvice.define(advice.getKey(), Renaming.of(advice.getValue()));
                LINKER.shareOnBootLoader(advice.getKey());
            }
        }
        return writer.toByteArray();
    }

    /** What is wanted by name is a library's class that we know; what implements an interface may be anything. */
    private static boolean canBeJava7(ClassReader reader, List<Wanted> wanted) {
        for (Wanted each : wanted) if (each.target.className == null) return false;
        return reader.readUnsignedShort(6) == Opcodes.V1_6 && OldClassFile.canBeJava7(reader);
    }

    private boolean seesHooks(ClassLoader loader, String className) {
        synchronized (seesHooks) {
            Boolean known = seesHooks.get(loader);
            if (known != null) return known;
        }
        boolean sees;
        consults(loader);
        try {
            sees = loader.loadClass(Hooks.class.getName()) == Hooks.class;
        } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
            sees = false;
        }
        boolean first;
        synchronized (seesHooks) {
            first = seesHooks.put(loader, sees) == null;
        }
        if (first && !sees) {
            listener.passedOver(
                    className.replace('/', '.'),
                    "its class loader " + loader.getClass().getName() + " does not see dev.weir.bootstrap");
        }
        return sees;
    }

    private int fuse(String advice) {
        Integer known = fuses.get(advice);
        if (known != null) return known;
        synchronized (fuseNames) {
            known = fuses.get(advice);
            if (known != null) return known;
            if (fuseNames.size() == Fuse.capacity()) throw new WeavingException("more advice than fuses");
            fuseNames.add(advice);
            fuses.put(advice, fuseNames.size() - 1);
            return fuseNames.size() - 1;
        }
    }

    /** The advice class that a fuse belongs to. */
    public static String adviceOf(int fuse) {
        synchronized (fuseNames) {
            return fuse < fuseNames.size() ? fuseNames.get(fuse) : "fuse " + fuse;
        }
    }

    /** Every adapter, and what it met. */
    public List<WovenAdapter> adapters() {
        return List.copyOf(adapters);
    }

    /** Weaves the methods of one class. */
    private final class Joiner extends ClassVisitor {

        private final @Nullable ClassLoader loader;
        private final String className;
        private final List<Wanted> wanted;
        private final boolean reusesReceiver;
        private final List<WovenAdapter> joined = new ArrayList<>();
        private final Map<String, String> adviceUsed = new HashMap<>();
        private final Map<String, AdviceCall.Field> fields = new HashMap<>();

        Joiner(
                ClassVisitor next,
                @Nullable ClassLoader loader,
                String className,
                List<Wanted> wanted,
                boolean reusesReceiver) {
            super(Opcodes.ASM9, next);
            this.reusesReceiver = reusesReceiver;
            this.loader = loader;
            this.className = className;
            this.wanted = wanted;
        }

        @Override
        public void visit(
                int version,
                int access,
                String name,
                @Nullable String signature,
                @Nullable String superName,
                String @Nullable [] interfaces) {
            boolean old = (version & 0xffff) < Opcodes.V1_7;
            super.visit(old ? Opcodes.V1_7 : version, access, name, signature, superName, interfaces);
        }

        @Override
        public @Nullable FieldVisitor visitField(
                int access, String name, String descriptor, @Nullable String signature, @Nullable Object value) {
            // Fields come before methods.
            if ((access & Opcodes.ACC_STATIC) == 0) {
                fields.put(name, new AdviceCall.Field(name, Type.getType(descriptor)));
            }
            return super.visitField(access, name, descriptor, signature, value);
        }

        private AdviceCall.@Nullable Field receiverField(Join join) {
            if (join.field == null) return null;
            AdviceCall.Field field = fields.get(join.field);
            if (field == null) throw new WeavingException(className + " has no field " + join.field);
            return field;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
            if ((access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE | Opcodes.ACC_BRIDGE)) != 0) return visitor;
            Set<String> applied = new HashSet<>(2);
            for (Wanted each : wanted) {
                for (Join join : each.target.joins) {
                    // A class may be wanted by its name and by a supertype at once.
                    if (!join.matches(name, descriptor) || !applied.add(join.advice)) continue;
                    AdviceShape shape = LINKER.shape(join.advice, each.target.renaming);
                    visitor = new MethodWeaver(
                            visitor,
                            className,
                            access,
                            name,
                            descriptor,
                            shape,
                            fuse(join.advice),
                            loader == null,
                            each.target.renaming,
                            receiverField(join),
                            reusesReceiver);
                    joined.add(each.adapter);
                    adviceUsed.put(shape.internalName, each.target.renaming);
                }
            }
            return visitor;
        }
    }
}
