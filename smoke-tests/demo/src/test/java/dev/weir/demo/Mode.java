package dev.weir.demo;

import java.util.List;

/** How the three processes of the shop are started. */
enum Mode {
    WITHOUT("without", "no agent"),
    OBSERVE("observe", "Weir watches and changes nothing"),
    ENFORCE("enforce", "Weir holds back");

    final String word;
    final String meaning;

    Mode(String word, String meaning) {
        this.word = word;
        this.meaning = meaning;
    }

    List<String> agentOptions(Options options) {
        return switch (this) {
            case WITHOUT -> List.of();
            case OBSERVE -> List.of("-javaagent:" + options.weir());
            case ENFORCE ->
                List.of(
                        "-javaagent:" + options.weir(),
                        "-Dweir.rule.deadline=enforce",
                        "-Dweir.rule.idempotency-key=enforce",
                        "-Dweir.rule.retry-budget=enforce");
        };
    }
}
