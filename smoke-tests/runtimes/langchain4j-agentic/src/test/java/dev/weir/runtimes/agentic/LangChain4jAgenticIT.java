package dev.weir.runtimes.agentic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import dev.weir.runtimes.harness.Jvms;
import dev.weir.runtimes.harness.OpenAiModel;
import dev.weir.runtimes.harness.OpenAiModel.Question;
import dev.weir.runtimes.harness.OpenAiModel.ToolCall;
import dev.weir.runtimes.harness.OpenAiModel.Turn;
import dev.weir.runtimes.harness.SmokeRun;
import example.agentic.Office;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A team of agents on LangChain4j, one of which fails after it has booked, and is told to try again. */
class LangChain4jAgenticIT {

    @ParameterizedTest(name = "{0}, {1} processors")
    @MethodSource(Jvms.JDKS_AND_PROCESSORS)
    void anAgentThatTriesAgain(InstalledJdk jdk, int processors) throws Exception {
        AtomicInteger afterBooking = new AtomicInteger();
        try (OpenAiModel model = OpenAiModel.start(question -> answer(question, afterBooking));
                FaultServer bookings = FaultServer.start(request -> FaultServer.Reply.of(200, "booked"));
                SmokeRun run = new SmokeRun(jdk, "-XX:ActiveProcessorCount=" + processors)) {
            Program office = run.start("office", Office.class, model.url(), bookings.url("/bookings"));
            assertEquals("you go to Oslo", office.awaitStdout(line -> true));
            run.end(office, "langchain4j", "langchain4j-agentic", "jdk-http-client");
            run.assertDocumented("A team, one of which tries again");

            List<String> keys = SmokeRun.keys(bookings.requests());
            assertEquals(4, keys.size());
            assertEquals(keys.get(0), keys.get(2), "what was booked before the agent failed");
            assertEquals(keys.get(1), keys.get(3), "what was booked before the agent failed");
            assertNotEquals(keys.get(0), keys.get(1), "booked twice, as the model wanted");
            for (Span span : run.spans()) {
                assertEquals("customer-7", span.text("gen_ai.conversation.id"), () -> "session of " + span);
            }
        }
    }

    /** The booker books the same trip twice, for two people. Then the model fails, once. */
    private static Turn answer(Question question, AtomicInteger afterBooking) {
        String asked = question.first("user");
        if (asked.startsWith("What is eaten")) return Turn.text("fish");
        if (asked.startsWith("Tell the customer")) return Turn.text("you go to Oslo");
        if (question.results() > 0)
            return afterBooking.incrementAndGet() == 1 ? Turn.failed(500) : Turn.text("two seats");
        ToolCall book = new ToolCall("call_A", "book", "{\"trip\":\"Oslo\"}");
        return Turn.tools(book, book);
    }
}
