/** Methods of an application that a person has declared to be scopes. */
@NullMarked
package dev.weir.instrumentation.declared;

import org.jspecify.annotations.NullMarked;
