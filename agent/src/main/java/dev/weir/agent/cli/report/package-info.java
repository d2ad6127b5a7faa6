/** What enforce would have done: {@code java -jar weir.jar report}. */
@NullMarked
package dev.weir.agent.cli.report;

import org.jspecify.annotations.NullMarked;
