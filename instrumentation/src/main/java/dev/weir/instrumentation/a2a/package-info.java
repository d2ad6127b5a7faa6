/** The A2A Java SDK: what is asked of agents elsewhere, and what agents here are asked. */
@org.jspecify.annotations.NullMarked
package dev.weir.instrumentation.a2a;
