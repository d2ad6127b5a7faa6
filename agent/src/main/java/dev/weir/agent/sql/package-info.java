/** What a SQL statement does and to which tables, without a parser. */
@NullMarked
package dev.weir.agent.sql;

import org.jspecify.annotations.NullMarked;
