package dev.weir.instrumentation;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.junit.jupiter.api.Test;

/** The lines between the weaver, the adapters, and the rest of the agent. */
class ArchitectureTest {

    private static final String WEAVING = "dev.weir.instrumentation.weaving..";

    private static final String SHARED = "dev.weir.instrumentation.shared";

    private static final String SHARED_ON_REACTIVE_STREAMS = SHARED + ".reactivestreams";

    private static final String SHARED_ON_COROUTINES = SHARED + ".coroutines";

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.weir.instrumentation");

    @Test
    void libraryPackagesDoNotKnowEachOther() {
        slices().matching("dev.weir.instrumentation.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        alwaysTrue(),
                        resideInAPackage(WEAVING)
                                .or(resideInAPackage(SHARED))
                                .or(resideInAPackage(SHARED_ON_REACTIVE_STREAMS))
                                .or(resideInAPackage(SHARED_ON_COROUTINES)))
                .check(classes);
    }

    /** It is defined beside libraries of every sort, and on the boot loader: it can have only what is everywhere. */
    @Test
    void whatAdaptersShareKnowsNoLibrary() {
        classes()
                .that()
                .resideInAPackage(SHARED)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        SHARED,
                        "dev.weir.bootstrap",
                        "java.io",
                        "java.lang..",
                        "java.net",
                        "java.util",
                        "java.util.concurrent..",
                        "java.util.function",
                        "org.jspecify..")
                .check(classes);
    }

    /** It is defined beside each library of this sort, which may have nothing of another. */
    @Test
    void whatAdaptersOnReactiveStreamsShareKnowsNoMore() {
        classes()
                .that()
                .resideInAPackage(SHARED_ON_REACTIVE_STREAMS)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        SHARED,
                        SHARED_ON_REACTIVE_STREAMS,
                        "dev.weir.bootstrap",
                        "java.lang..",
                        "org.reactivestreams",
                        "org.jspecify..")
                .check(classes);
    }

    /** It is defined beside each library of this sort, which may have nothing of another. */
    @Test
    void whatAdaptersOnCoroutinesShareKnowsNoMore() {
        classes()
                .that()
                .resideInAPackage(SHARED_ON_COROUTINES)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        SHARED_ON_COROUTINES,
                        SHARED,
                        "dev.weir.bootstrap",
                        "java.lang..",
                        "java.util.function",
                        "kotlin..",
                        "kotlinx.coroutines..",
                        "org.jspecify..")
                .check(classes);
    }

    @Test
    void theWeaverKnowsNoLibrary() {
        noClasses()
                .that()
                .resideInAPackage(WEAVING)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.weir.instrumentation..").and(not(resideInAPackage(WEAVING))))
                .check(classes);
    }

    @Test
    void nothingHereKnowsTheAgent() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("dev.weir..")
                        .and(not(resideInAPackage("dev.weir.bootstrap..")
                                .or(resideInAPackage("dev.weir.instrumentation..")))))
                .check(classes);
    }

    @Test
    void adaptersKnowTheWeaversContractAndNoBytecode() {
        noClasses()
                .that()
                .resideOutsideOfPackage(WEAVING)
                .should()
                .dependOnClassesThat(resideInAPackage("org.objectweb.asm..")
                        .or(resideInAPackage(WEAVING).and(not(belongToAnyOf(Instrumentation.class, Weaving.class)))))
                .check(classes);
    }

    @Test
    void standardOutputBelongsToTheApplication() {
        noClasses().should().accessField(System.class, "out").check(classes);
    }
}
