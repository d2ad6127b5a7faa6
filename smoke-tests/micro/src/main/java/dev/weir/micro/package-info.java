/** Parts of the agent, measured one by one. Nothing of this is in the agent. */
@NullMarked
package dev.weir.micro;

import org.jspecify.annotations.NullMarked;
