package dev.weir.instrumentation.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdbcUrlTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "jdbc:postgresql://db:5432/shop?user=me&password=s3cret&ssl=true"
                        + "|jdbc:postgresql://db:5432/shop?user=me&password=***&ssl=true",
                "jdbc:mysql://me:s3cret@db/shop|jdbc:mysql://me:***@db/shop",
                "jdbc:mysql://me@db/shop|jdbc:mysql://me@db/shop",
                "jdbc:oracle:thin:scott/s3cret@//db:1521/shop|jdbc:oracle:thin:scott/***@//db:1521/shop",
                "jdbc:oracle:thin:@db:1521:shop|jdbc:oracle:thin:@db:1521:shop",
                "jdbc:sqlserver://db;databaseName=shop;user=me;password={s3;cr}t};encrypt=true"
                        + "|jdbc:sqlserver://db;databaseName=shop;user=me;password=***;encrypt=true",
                "jdbc:sqlserver://db;PWD={s3;cret};encrypt=true|jdbc:sqlserver://db;PWD=***;encrypt=true",
                "jdbc:h2:mem:shop;USER=sa;PASSWORD=s3cret|jdbc:h2:mem:shop;USER=sa;PASSWORD=***",
                "jdbc:snowflake://a.example/?private_key_pwd=s3cret|jdbc:snowflake://a.example/?private_key_pwd=***",
                "jdbc:sqlite:/srv/a@b/shop.db|jdbc:sqlite:/srv/a@b/shop.db",
                "jdbc:x:?|jdbc:x:?",
                "jdbc:x:?password|jdbc:x:?password",
                "jdbc:x://@|jdbc:x://@",
            })
    void secretsAreHidden(String url, String shown) {
        assertEquals(shown, JdbcUrl.withoutSecrets(url));
    }

    @Test
    void noUrlIsEmpty() {
        assertEquals("", JdbcUrl.withoutSecrets(null));
        assertEquals("", JdbcUrl.withoutSecrets(""));
    }
}
