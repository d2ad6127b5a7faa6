/** The command line of {@code java -jar weir.jar}. */
@NullMarked
package dev.weir.agent.cli;

import org.jspecify.annotations.NullMarked;
