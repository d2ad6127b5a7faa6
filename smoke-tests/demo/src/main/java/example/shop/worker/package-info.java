/** What does the work: stock, payments and reports, kept in PostgreSQL and in files. */
@NullMarked
package example.shop.worker;

import org.jspecify.annotations.NullMarked;
