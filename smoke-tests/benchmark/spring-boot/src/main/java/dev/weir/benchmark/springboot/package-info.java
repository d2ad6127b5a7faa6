/** A Spring Boot application with a web page and a database; it knows no agent. */
@NullMarked
package dev.weir.benchmark.springboot;

import org.jspecify.annotations.NullMarked;
