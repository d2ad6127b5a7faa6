package dev.weir.agent.sql;

/** How the characters of a statement are to be read where databases differ. */
public enum Dialect {
    /** As the standard has it, with the quoting of PostgreSQL, Oracle and SQL Server, which does not contradict it. */
    STANDARD,
    /** MySQL and MariaDB: backslashes escape, double quotes may hold text, {@code #} begins a comment. */
    MYSQL;

    /** The dialect of the database behind a JDBC URL. */
    public static Dialect of(String jdbcUrl) {
        return jdbcUrl.startsWith("jdbc:mysql:") || jdbcUrl.startsWith("jdbc:mariadb:") ? MYSQL : STANDARD;
    }
}
