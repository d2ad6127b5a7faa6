/** The shop's assistant: a LangChain4j agent whose tools call the worker. */
@NullMarked
package example.shop.agent;

import org.jspecify.annotations.NullMarked;
