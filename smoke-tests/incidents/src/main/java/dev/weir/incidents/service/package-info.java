/** What the small services of the incidents share: an HTTP server that lives as long as its standard input. */
@NullMarked
package dev.weir.incidents.service;

import org.jspecify.annotations.NullMarked;
