// The small marks on a row: verdicts, keys, attempts, links.
import { html } from './html.js';
import { plain, short } from './format.js';

export function verdictChip({ verdict }) {
  return html`<span class=${`chip verdict ${verdict.tone}`}
    title=${`${plain(verdict.rule)}: ${plain(verdict.outcome)}${verdict.reason ? `. ${plain(verdict.reason)}` : ''}`}>
    <b>${short(verdict.rule, 24)}</b> ${short(verdict.words, 30)}</span>`;
}

export function keyChip({ value, colour, onHover }) {
  return html`<span class=${`chip key key-${colour}`} title=${`idempotency key ${plain(value)}`}
    @mouseenter=${onHover && (event => onHover(String(value), event.currentTarget))}
    @mouseleave=${onHover && (() => onHover(null))}>key ${short(value, 6).replace('…', '')}</span>`;
}

export function serviceName({ chain, node }) {
  return html`<span class=${`service service-${chain.services.indexOf(node.service) % 8}`}>${short(node.process, 40)}</span>`;
}

/** `resilience4j try 2, in it openai-java try 3`. */
export function layersInWords(layers) {
  return layers.map(layer => `${plain(layer.name)} try ${layer.attempt}`).join(', in it ');
}
