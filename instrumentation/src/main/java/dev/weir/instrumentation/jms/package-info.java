/** Jakarta Messaging (JMS). */
@NullMarked
package dev.weir.instrumentation.jms;

import org.jspecify.annotations.NullMarked;
