// All that is known of one span.
import { html } from './html.js';
import { withKey } from './api.js';
import { keyChip, verdictChip, layersInWords } from './chips.js';
import { clock, count, duration, number, plain, short } from './format.js';

const MOST_SIBLINGS = 12;

export class DetailsPanel {
  /** @param go `onClose()` and `onNode(node)` */
  constructor(redraw, go) {
    this.redraw = redraw;
    this.go = go;
    this.key = undefined;
    this.siblings = [];
  }

  async load(key) {
    this.key = key;
    this.siblings = [];
    if (key === undefined) return;
    try {
      const siblings = await withKey(String(key));
      if (this.key !== key) return;
      this.siblings = siblings;
      this.redraw();
    } catch (problem) {
      // The page's own poll says what is wrong; the siblings in this chain are shown anyway.
    }
  }

  view(chain, node) {
    const { span } = node;
    const { onClose, onNode } = this.go;
    if (this.key !== node.key) this.load(node.key);
    const { siblings } = this;
    return html`<aside class="details" aria-label="Details of the selected span">
      <header><h2>${short(node.label, 300)}</h2><button type="button" @click=${onClose} aria-label="Close details">×</button></header>
      <dl class="facts">
        <dt>process</dt><dd>${plain(node.process)}, ${span.kind}</dd>
        <dt>began</dt><dd>${clock(span.startUnixNano, true)}, ${duration(node.start)} into the chain, took ${duration(node.took)}</dd>
        ${Math.abs(node.shift) >= 1 && html`<dt>clock</dt><dd>its process's clock is at least ${duration(Math.abs(node.shift))}
          ${node.shift > 0 ? ' behind' : ' ahead'}; moved in the picture, as sent in the times above</dd>`}
        <dt>outcome</dt><dd class=${node.failed ? 'bad' : ''}>${node.refused ? 'refused; it never went out' : node.failed ? 'failed' : 'no error'}
          ${node.code !== undefined && ` (${short(node.code, 20)})`}${node.why && html`<pre class="why-all">${plain(node.why)}</pre>`}</dd>
        ${node.attempt > 0 && html`<dt>attempt</dt><dd>number ${node.attempt}${span.attributes['weir.attempt.path'] !== undefined
          && `, path ${short(span.attributes['weir.attempt.path'], 60)}`}${node.layers.length > 0 && html`, inside ${layersInWords(node.layers)}`}</dd>`}
        ${node.remaining !== null && html`<dt>time left</dt><dd class=${node.remaining <= 0 ? 'bad' : ''}>${node.remaining < 0
          ? `none: the deadline had passed ${duration(-node.remaining)} before` : `${duration(node.remaining)} when it began`}${node.overrun > 0
          && `; went on ${duration(node.overrun)} after the deadline`}</dd>`}
      </dl>
      ${node.verdicts.length > 0 && html`<section><h3>Verdicts</h3><ul>${node.verdicts.map(verdict => html`<li>
        ${verdictChip({ verdict })} ${plain(verdict.reason)}</li>`)}</ul></section>`}
      ${node.key !== undefined && siblingsOfKey({ chain, node, siblings, onNode })}
      ${span.links.length > 0 && html`<section><h3>Links</h3><ul>${span.links.map(link => html`<li>
        ${linkTarget({ chain, traceId: link.traceId, spanId: link.spanId, onNode })}
        ${attributeTable({ attributes: link.attributes })}</li>`)}</ul></section>`}
      ${linkedFrom({ chain, node })}
      ${span.events.length > 0 && html`<section><h3>Events</h3><ul>${span.events.map(event => html`<li>
        <b>${short(event.name, 100)}</b> <span class="quiet">${clock(event.timeUnixNano, true)}</span>
        ${attributeTable({ attributes: event.attributes })}</li>`)}</ul></section>`}
      ${Object.keys(span.attributes).length > 0 && html`<section><h3>Attributes</h3>${attributeTable({ attributes: span.attributes })}</section>`}
      <section><h3>Process</h3>${attributeTable({ attributes: chain.resources[span.resource] ?? {} })}</section>
      <section><h3>Ids</h3>${attributeTable({ attributes: { trace: chain.id, span: node.id, parent: span.parentSpanId ?? 'none',
        scope: span.scope || 'none' } })}
        ${span.dropped > 0 && html`<p class="bad">${count(span.dropped, 'attribute, event or link', 'attributes, events or links')} of it did not fit and are not here.</p>`}</section>
    </aside>`;
  }
}

function siblingsOfKey({ chain, node, siblings, onNode }) {
  const key = String(node.key);
  const { colour, nodes } = chain.keys.get(key);
  const elsewhere = siblings.filter(each => each.traceId !== chain.id);
  return html`<section class="siblings"><h3>Same idempotency key ${keyChip({ value: key, colour })}</h3>
    <p class="mono">${plain(key)}</p>
    <p>${nodes.length === 1 ? 'No other span of this chain has it.' : `${count(nodes.length, 'span')} of this chain have it:`}</p>
    ${nodes.length > 1 && html`<ul class="compact">${nodes.slice(0, MOST_SIBLINGS).map(each => html`<li>
      <button type="button" class="plain" ?disabled=${each === node} @click=${() => onNode(each)}>${each.attempt ? `attempt ${each.attempt}, ` : ''}${plain(each.service)}: ${short(each.label, 60)}</button></li>`)}
      ${nodes.length > MOST_SIBLINGS && html`<li class="quiet">and ${number(nodes.length - MOST_SIBLINGS)} more</li>`}</ul>`}
    ${elsewhere.length > 0 && html`<p class="bad">${count(elsewhere.length, 'span')} of other chains ${elsewhere.length === 1 ? 'has' : 'have'} it too:</p>
      <ul class="compact">${elsewhere.map(each => html`<li><a href=${`#/trace/${each.traceId}?span=${each.spanId}`}>${plain(each.service)}: ${short(each.name, 60)}</a>
        <span class="quiet"> ${clock(each.startUnixNano)}, chain ${short(each.root, 40)}</span></li>`)}</ul>`}
  </section>`;
}

function linkTarget({ chain, traceId, spanId, onNode }) {
  const here = traceId === chain.id ? chain.byId.get(spanId) : null;
  if (here) return html`<button type="button" class="plain" @click=${() => onNode(here)}>${short(here.label, 80)}</button> in this chain`;
  return html`<a href=${`#/trace/${traceId}?span=${spanId}`}>span <span class="mono">${spanId}</span> of chain <span class="mono">${traceId.slice(0, 8)}…</span></a>`;
}

function linkedFrom({ chain, node }) {
  if (node.parent || !chain.linkedFrom.length) return null;
  return html`<section><h3>Chains that link here</h3><ul class="compact">${chain.linkedFrom.map(each => html`<li>
    <a href=${`#/trace/${each.traceId}?span=${each.spanId}`}>${plain(each.service)}: ${short(each.name, 60)}</a>
    <span class="quiet"> ${clock(each.startUnixNano)}, chain ${short(each.root, 40)}</span></li>`)}</ul></section>`;
}

function attributeTable({ attributes }) {
  const names = Object.keys(attributes);
  if (!names.length) return null;
  return html`<table class="attributes"><tbody>${names.sort().map(name => html`<tr><th scope="row">${short(name, 200)}</th>
    <td>${short(typeof attributes[name] === 'object' ? JSON.stringify(attributes[name]) : attributes[name], 16_400)}</td></tr>`)}</tbody></table>`;
}
