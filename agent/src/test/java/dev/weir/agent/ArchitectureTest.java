package dev.weir.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.weir.agent.config.Settings;
import dev.weir.agent.pipeline.Assembly;
import dev.weir.agent.rules.Rule;
import dev.weir.agent.rules.RuleNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the lines of ARCHITECTURE.md. */
class ArchitectureTest {

    private static final JavaClasses AGENT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.weir.agent");
    private static final JavaClasses BOOTSTRAP = new ClassFileImporter().importPackages("dev.weir.bootstrap");

    private static void holds(ArchRule rule) {
        rule.check(AGENT);
    }

    @Test
    void rulesAndExportDoNotKnowEachOther() {
        holds(noClasses()
                .that()
                .resideInAPackage("..agent.rules..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..agent.export.."));
        holds(noClasses()
                .that()
                .resideInAPackage("..agent.export..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..agent.rules.."));
    }

    @Test
    void contextKnowsNobody() {
        holds(noClasses()
                .that()
                .resideInAPackage("..agent.context..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "..agent.rules..",
                        "..agent.export..",
                        "..agent.pipeline..",
                        "..agent.ledger..",
                        "..agent.config..",
                        "..agent.cli.."));
    }

    @Test
    void onlyStartUpKnowsThePipeline() {
        holds(noClasses()
                .that()
                .resideInAnyPackage(
                        "..agent.context..",
                        "..agent.rules..",
                        "..agent.ledger..",
                        "..agent.export..",
                        "..agent.config..",
                        "..agent.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..agent.pipeline..", "dev.weir.agent"));
    }

    @Test
    void nothingIsGoingRoundInCircles() {
        holds(slices().matching("dev.weir.agent.(*)..").should().beFreeOfCycles());
    }

    @Test
    void onlyStartUpSpeaksToTheWeaver() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage("dev.weir.agent")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.weir.instrumentation.."));
    }

    @Test
    void whatRunsInPremainStartsNothingHeavy() {
        holds(noClasses()
                .that()
                .resideInAnyPackage(
                        "..agent.context..",
                        "..agent.rules..",
                        "..agent.ledger..",
                        "..agent.pipeline..",
                        "..agent.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.util.logging..",
                        "java.util.regex..",
                        "javax.management..",
                        "java.nio.file..",
                        "java.util.stream.."));
    }

    @Test
    void bootstrapIsSmallAndNeedsOnlyTheBaseModule() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.weir.bootstrap", "java.lang..", "java.util", "java.util.concurrent..", "org.jspecify..")
                .check(BOOTSTRAP);
        long topLevel = BOOTSTRAP.stream()
                .filter(c -> !c.getName().contains("$") && !c.getSimpleName().equals("package-info"))
                .count();
        assertEquals(true, topLevel <= 16, topLevel + " classes in bootstrap");
    }

    /** Of our own classes, that is: of libraries, only what is reached from ours is packed. */
    @Test
    void nothingInTheJarIsUsedByNobody() {
        JavaClasses all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.weir");
        Set<String> unused = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        for (JavaClass type : all) {
            // The compiler leaves no trace of who reads a constant.
            if (type.getSimpleName().equals("package-info") || isConstants(type)) continue;
            String file = file(type);
            unused.add(file);
            for (Dependency dependency : type.getDirectDependenciesToSelf()) {
                if (!file(dependency.getOriginClass()).equals(file)) used.add(file);
            }
        }
        unused.removeAll(used);
        // By whoever types java -jar, and by a class of Java 8 that knows it by name.
        assertEquals(Set.of("dev.weir.agent.AgentStartup", "dev.weir.agent.cli.WeirCommand"), unused);
    }

    private static boolean isConstants(JavaClass type) {
        return !type.getFields().isEmpty()
                && type.getMethods().isEmpty()
                && type.getFields().stream()
                        .allMatch(field -> field.getModifiers().contains(JavaModifier.STATIC));
    }

    private static String file(JavaClass type) {
        int nested = type.getName().indexOf('$');
        return nested < 0 ? type.getName() : type.getName().substring(0, nested);
    }

    /** What is defined on the boot loader is a list; a class that is missing there is missing at run time. */
    @Test
    void everyHookClassIsPutOnTheBootLoader() throws IOException {
        Path classes = Path.of("../bootstrap/target/classes/dev/weir/bootstrap");
        try (Stream<Path> files = Files.list(classes)) {
            Set<String> built = files.map(f -> f.getFileName().toString().replace(".class", ""))
                    .filter(name -> !name.equals("package-info"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(built, new TreeSet<>(Set.of(AgentStartup.HOOK_CLASSES)));
        }
    }

    /** One rule = one file, one test, one row. */
    @Test
    void everyRuleIsListedTestedAndDocumented() throws IOException {
        String rows = Files.readString(Path.of("../docs/rules.md"));
        Set<String> listed = new TreeSet<>(new Assembly(new Settings(Map.of(), Map.of(), Map.of(), complaint -> {}))
                .rules()
                .names());
        Set<String> found = new TreeSet<>();
        for (var type : AGENT) {
            if (!type.getPackageName().equals("dev.weir.agent.rules")
                    || !type.getSimpleName().endsWith("Rule")
                    || type.isEquivalentTo(Rule.class)) continue;
            String word = type.getSimpleName()
                    .replace("Rule", "")
                    .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                    .toLowerCase(Locale.ROOT);
            found.add(word);
            assertEquals(true, rows.contains("| `" + word + "` |"), "no row for " + word + " in docs/rules.md");
            Path test = Path.of("src/test/java/dev/weir/agent/rules/" + type.getSimpleName() + "Test.java");
            assertEquals(true, Files.exists(test), "no " + test);
        }
        assertEquals(found, listed);
        assertEquals(new ArrayList<>(listed), RuleNames.ALL);
    }
}
