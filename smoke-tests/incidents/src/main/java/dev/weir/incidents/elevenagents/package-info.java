/** Eleven agents that start in the same second against a provider with a rate limit. */
@NullMarked
package dev.weir.incidents.elevenagents;

import org.jspecify.annotations.NullMarked;
