/** Forks programs over agent runtimes, plays the model on the wire, and draws what Weir tells of them as a tree. */
@NullMarked
package dev.weir.runtimes.harness;

import org.jspecify.annotations.NullMarked;
