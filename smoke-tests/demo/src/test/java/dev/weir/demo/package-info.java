/** The launcher of the demo, and what surrounds the application: a fake model and a real PostgreSQL. */
@NullMarked
package dev.weir.demo;

import org.jspecify.annotations.NullMarked;
