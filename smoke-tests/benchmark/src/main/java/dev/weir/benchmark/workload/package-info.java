/** What runs in the measured processes: ordinary application code that knows no agent and no harness. */
@NullMarked
package dev.weir.benchmark.workload;

import org.jspecify.annotations.NullMarked;
