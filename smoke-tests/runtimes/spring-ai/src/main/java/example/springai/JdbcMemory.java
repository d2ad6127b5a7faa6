package example.springai;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.UserMessage;

/** Conversations in a table. */
final class JdbcMemory implements ChatMemoryRepository {

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(ShopTools.DATABASE);
    }

    @Override
    public List<String> findConversationIds() {
        throw new UnsupportedOperationException("nobody asks");
    }

    @Override
    public List<Message> findByConversationId(String id) {
        List<Message> messages = new ArrayList<>();
        try (Connection connection = connect();
                PreparedStatement select =
                        connection.prepareStatement("SELECT role, text FROM memory WHERE id = ? ORDER BY place")) {
            select.setString(1, id);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String text = rows.getString(2);
                    boolean user = rows.getString(1).equals(MessageType.USER.getValue());
                    messages.add(user ? new UserMessage(text) : new AssistantMessage(text));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return messages;
    }

    @Override
    public void saveAll(String id, List<Message> messages) {
        deleteByConversationId(id);
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO memory VALUES (?, ?, ?, ?)")) {
            for (int i = 0; i < messages.size(); i++) {
                insert.setString(1, id);
                insert.setInt(2, i);
                insert.setString(3, messages.get(i).getMessageType().getValue());
                insert.setString(4, messages.get(i).getText());
                insert.addBatch();
            }
            insert.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void deleteByConversationId(String id) {
        try (Connection connection = connect();
                PreparedStatement delete = connection.prepareStatement("DELETE FROM memory WHERE id = ?")) {
            delete.setString(1, id);
            delete.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
