package sample.a2a;

import io.a2a.client.transport.spi.ClientTransport;
import io.a2a.client.transport.spi.interceptors.ClientCallContext;
import io.a2a.jsonrpc.common.wrappers.ListTasksResult;
import io.a2a.spec.AgentCard;
import io.a2a.spec.DeleteTaskPushNotificationConfigParams;
import io.a2a.spec.EventKind;
import io.a2a.spec.GetTaskPushNotificationConfigParams;
import io.a2a.spec.ListTaskPushNotificationConfigParams;
import io.a2a.spec.ListTaskPushNotificationConfigResult;
import io.a2a.spec.ListTasksParams;
import io.a2a.spec.MessageSendParams;
import io.a2a.spec.StreamingEventKind;
import io.a2a.spec.Task;
import io.a2a.spec.TaskIdParams;
import io.a2a.spec.TaskPushNotificationConfig;
import io.a2a.spec.TaskQueryParams;
import java.util.function.Consumer;

/** A transport that hands on what it is told, as applications put them around the SDK's. */
public final class TransportAround implements ClientTransport {

    private final ClientTransport transport;

    public TransportAround(ClientTransport transport) {
        this.transport = transport;
    }

    @Override
    public EventKind sendMessage(MessageSendParams params, ClientCallContext context) {
        return transport.sendMessage(params, context);
    }

    @Override
    public void sendMessageStreaming(
            MessageSendParams params,
            Consumer<StreamingEventKind> events,
            Consumer<Throwable> errors,
            ClientCallContext context) {
        transport.sendMessageStreaming(params, events, errors, context);
    }

    @Override
    public Task getTask(TaskQueryParams params, ClientCallContext context) {
        return transport.getTask(params, context);
    }

    @Override
    public Task cancelTask(TaskIdParams params, ClientCallContext context) {
        return transport.cancelTask(params, context);
    }

    @Override
    public ListTasksResult listTasks(ListTasksParams params, ClientCallContext context) {
        return transport.listTasks(params, context);
    }

    @Override
    public TaskPushNotificationConfig createTaskPushNotificationConfiguration(
            TaskPushNotificationConfig params, ClientCallContext context) {
        return transport.createTaskPushNotificationConfiguration(params, context);
    }

    @Override
    public TaskPushNotificationConfig getTaskPushNotificationConfiguration(
            GetTaskPushNotificationConfigParams params, ClientCallContext context) {
        return transport.getTaskPushNotificationConfiguration(params, context);
    }

    @Override
    public ListTaskPushNotificationConfigResult listTaskPushNotificationConfigurations(
            ListTaskPushNotificationConfigParams params, ClientCallContext context) {
        return transport.listTaskPushNotificationConfigurations(params, context);
    }

    @Override
    public void deleteTaskPushNotificationConfigurations(
            DeleteTaskPushNotificationConfigParams params, ClientCallContext context) {
        transport.deleteTaskPushNotificationConfigurations(params, context);
    }

    @Override
    public void subscribeToTask(
            TaskIdParams params,
            Consumer<StreamingEventKind> events,
            Consumer<Throwable> errors,
            ClientCallContext context) {
        transport.subscribeToTask(params, events, errors, context);
    }

    @Override
    public AgentCard getExtendedAgentCard(ClientCallContext context) {
        return transport.getExtendedAgentCard(context);
    }

    @Override
    public void close() {
        transport.close();
    }
}
