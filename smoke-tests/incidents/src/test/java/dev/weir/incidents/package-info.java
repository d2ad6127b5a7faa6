/** The incidents: what is run, what is measured, and what each column promises. */
@NullMarked
package dev.weir.incidents;

import org.jspecify.annotations.NullMarked;
