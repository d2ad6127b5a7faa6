/** What woven code may call: a handful of small classes on the boot loader. JDK types of {@code java.base} only. */
@NullMarked
package dev.weir.bootstrap;

import org.jspecify.annotations.NullMarked;
