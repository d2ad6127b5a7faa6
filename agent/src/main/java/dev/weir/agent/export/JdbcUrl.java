package dev.weir.agent.export;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a JDBC URL says of the database. Never shows credentials.
 *
 * @param system as {@code db.system.name} wants it
 */
record JdbcUrl(String system, String host, int port, String database) {

    private static final int REMEMBERED = 1_000;
    private static final Map<String, JdbcUrl> known = new ConcurrentHashMap<>();

    static JdbcUrl of(String url) {
        JdbcUrl remembered = known.get(url);
        if (remembered != null) return remembered;
        JdbcUrl read = read(url);
        if (known.size() < REMEMBERED) known.put(url, read);
        return read;
    }

    private static JdbcUrl read(String url) {
        String rest = url.startsWith("jdbc:") ? url.substring(5) : url;
        int colon = rest.indexOf(':');
        if (colon < 0) return new JdbcUrl("other_sql", "", 0, "");
        String system = system(rest.substring(0, colon));
        int authority = rest.indexOf("//", colon);
        if (authority < 0) return new JdbcUrl(system, "", 0, database(rest.substring(colon + 1)));
        int end = authority + 2;
        while (end < rest.length() && "/?;".indexOf(rest.charAt(end)) < 0) end++;
        String hosts = rest.substring(authority + 2, end);
        int at = hosts.lastIndexOf('@');
        String first = (at < 0 ? hosts : hosts.substring(at + 1)).split(",", 2)[0];
        int portAt = first.lastIndexOf(':');
        boolean hasPort = portAt > first.lastIndexOf(']');
        String database = end < rest.length() && rest.charAt(end) == '/' ? database(rest.substring(end + 1)) : "";
        return new JdbcUrl(
                system, hasPort ? first.substring(0, portAt) : first, hasPort ? port(first, portAt) : 0, database);
    }

    private static int port(String host, int colon) {
        try {
            return Integer.parseInt(host.substring(colon + 1));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String database(String text) {
        int end = 0;
        while (end < text.length() && "?;".indexOf(text.charAt(end)) < 0) end++;
        return text.substring(0, end);
    }

    private static String system(String driver) {
        return switch (driver) {
            case "postgresql" -> "postgresql";
            case "mysql" -> "mysql";
            case "mariadb" -> "mariadb";
            case "sqlserver", "jtds" -> "microsoft.sql_server";
            case "oracle" -> "oracle.db";
            case "h2" -> "h2database";
            case "sqlite" -> "sqlite";
            case "hsqldb" -> "hsqldb";
            case "derby" -> "derby";
            case "db2" -> "ibm.db2";
            case "clickhouse", "ch" -> "clickhouse";
            default -> "other_sql";
        };
    }
}
