/** {@code serve}: an OTLP/HTTP receiver that keeps recent chains in bounded memory and shows them as trees. */
@NullMarked
package dev.weir.agent.cli.serve;

import org.jspecify.annotations.NullMarked;
