package example.langchain4j;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Conversations in a table. */
final class JdbcMemoryStore implements ChatMemoryStore {

    @Override
    public List<ChatMessage> getMessages(Object id) {
        try (Connection connection = DriverManager.getConnection(ShopTools.DATABASE);
                PreparedStatement select = connection.prepareStatement("SELECT messages FROM memory WHERE id = ?")) {
            select.setString(1, id.toString());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? ChatMessageDeserializer.messagesFromJson(row.getString(1)) : List.of();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void updateMessages(Object id, List<ChatMessage> messages) {
        try (Connection connection = DriverManager.getConnection(ShopTools.DATABASE);
                PreparedStatement merge = connection.prepareStatement("MERGE INTO memory VALUES (?, ?)")) {
            merge.setString(1, id.toString());
            merge.setString(2, ChatMessageSerializer.messagesToJson(messages));
            merge.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void deleteMessages(Object id) {
        try (Connection connection = DriverManager.getConnection(ShopTools.DATABASE);
                PreparedStatement delete = connection.prepareStatement("DELETE FROM memory WHERE id = ?")) {
            delete.setString(1, id.toString());
            delete.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
