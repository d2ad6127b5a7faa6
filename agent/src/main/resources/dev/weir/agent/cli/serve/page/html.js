// The tag in which views are written: templates whose holes become text and attributes, never markup.
import { html as template, nothing, svg as drawing } from './lib/lit-html.js';

export { render } from './lib/lit-html.js';
export { live } from './lib/directives/live.js';
export { ref } from './lib/directives/ref.js';

/** So that `${some && html`…`}` shows nothing, and an attribute without a value is not there. */
const orNothing = values => values.map(value => value === false || value === undefined ? nothing : value);

export const html = (strings, ...values) => template(strings, ...orNothing(values));
export const svg = (strings, ...values) => drawing(strings, ...orNothing(values));
