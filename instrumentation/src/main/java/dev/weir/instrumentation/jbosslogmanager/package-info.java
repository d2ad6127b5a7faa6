/** JBoss LogManager, which Quarkus and WildFly log with. */
@NullMarked
package dev.weir.instrumentation.jbosslogmanager;

import org.jspecify.annotations.NullMarked;
