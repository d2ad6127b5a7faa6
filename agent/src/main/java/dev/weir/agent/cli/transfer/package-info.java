/** Chains as files: {@code java -jar weir.jar export} and {@code import}. */
@NullMarked
package dev.weir.agent.cli.transfer;

import org.jspecify.annotations.NullMarked;
