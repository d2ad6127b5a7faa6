/** A batch that is run again after its process died. */
@NullMarked
package dev.weir.incidents.batchinvoice;

import org.jspecify.annotations.NullMarked;
