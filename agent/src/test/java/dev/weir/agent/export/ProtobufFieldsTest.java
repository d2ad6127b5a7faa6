package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads what protobuf's own classes write, and shrugs at the rest. */
class ProtobufFieldsTest {

    @Test
    void fieldsOfRealMessages() {
        byte[] message = ExportTracePartialSuccess.newBuilder()
                .setRejectedSpans(Long.MAX_VALUE)
                .setErrorMessage("späte Antwort")
                .build()
                .toByteArray();
        assertEquals(Long.MAX_VALUE, ProtobufFields.number(message, 1));
        assertEquals("späte Antwort", ProtobufFields.text(message, 2));
        assertEquals("", ProtobufFields.text(message, 3));
        assertEquals(0, ProtobufFields.number(message, 3));
        assertNull(ProtobufFields.bytes(message, 1));
    }

    @Test
    void theDetailOfThatType() {
        RetryInfo info = RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setSeconds(3))
                .build();
        byte[] message = Status.newBuilder()
                .setCode(8)
                .addDetails(Any.pack(
                        ErrorInfo.newBuilder().setReason("RATE_LIMITED").build()))
                .addDetails(Any.pack(info))
                .build()
                .toByteArray();
        assertArrayEquals(info.toByteArray(), ProtobufFields.any(message, 3, "google.rpc.RetryInfo"));
        assertNull(ProtobufFields.any(message, 3, "google.rpc.Help"));
    }

    @Test
    void negativeNumbersCountAsAbsent() {
        byte[] message = ExportTracePartialSuccess.newBuilder()
                .setRejectedSpans(-5)
                .build()
                .toByteArray();
        assertEquals(0, ProtobufFields.number(message, 1));
    }

    @Test
    void noiseAndCutOffMessagesEnd() {
        byte[] sound = Status.newBuilder()
                .setMessage("m".repeat(200))
                .addDetails(Any.pack(RetryInfo.getDefaultInstance()))
                .build()
                .toByteArray();
        for (int length = 0; length < sound.length; length++) read(Arrays.copyOf(sound, length));
        Random random = new Random(3);
        for (int round = 0; round < 20_000; round++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            read(noise);
        }
    }

    private static void read(byte[] message) {
        for (int field = 1; field < 4; field++) {
            ProtobufFields.number(message, field);
            ProtobufFields.text(message, field);
            ProtobufFields.any(message, field, "google.rpc.RetryInfo");
        }
    }
}
