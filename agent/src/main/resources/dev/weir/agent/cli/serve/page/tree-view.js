// One chain as a tree over processes, beside it the deadline and the time.
import { html } from './html.js';
import { keyChip, serviceName, verdictChip } from './chips.js';
import { count, duration, plain, short } from './format.js';
import { isNotable } from './verdicts.js';

export const ROW_HEIGHT = 28;
const DEEPEST_INDENT = 24;

/** @param scroller draws the rows that can be seen */
export function treeView({ chain, scroller, visible, selected, open, range, hoverKey, filtered, onRow, onToggle, onHoverKey }) {
  const at = visible.findIndex(row => row.key === selected);
  const zoom = range ?? { from: 0, to: chain.length };
  const row = i => rowView({
    row: visible[i], index: i, chain, zoom, selected: i === at, open: filtered || open.has(visible[i].key), hoverKey, filtered,
    onRow, onToggle, onHoverKey,
  });
  return html`<div class="tree" role="treegrid" id="tree" tabindex="0" aria-label="What caused what"
      aria-rowcount=${visible.length + 1} aria-colcount="4" aria-activedescendant=${at < 0 ? undefined : `row-${visible[at].key}`}>
    <div class="tree-head tree-grid" role="row" aria-rowindex="1">
      <span role="columnheader">What caused what</span>
      <span role="columnheader" class="right">took</span>
      <span role="columnheader">time left</span>
      <span role="columnheader" class="axis"><span>${duration(zoom.from)}</span>
        <span>${duration((zoom.from + zoom.to) / 2)}</span><span>${duration(zoom.to)}</span></span>
    </div>
    ${scroller.view({ name: 'tree-rows', count: visible.length, row, selected: at, selectedKey: selected })}
    ${visible.length === 0 && html`<p class="nothing">No span of ${count(chain.nodes.length, 'span')} has this text.</p>`}
  </div>`;
}

function rowView({ row, index, chain, zoom, selected, open, hoverKey, filtered, onRow, onToggle, onHoverKey }) {
  const { node, type } = row;
  const classes = ['tree-grid', 'tree-row', `is-${type}`];
  if (selected) classes.push('selected');
  if (hoverKey !== null && String(node.key) === hoverKey) classes.push('same-key');
  if (filtered && !row.match) classes.push('context');
  const indent = Math.min(row.level - 1, DEEPEST_INDENT) * 18;
  return html`<div class=${classes.join(' ')} role="row" id=${`row-${row.key}`} aria-level=${row.level}
      aria-rowindex=${index + 2} aria-posinset=${row.place} aria-setsize=${row.siblings} aria-selected=${String(selected)}
      aria-expanded=${row.children ? String(open) : undefined} @click=${() => onRow(row)} @dblclick=${() => onToggle(row)}>
    <div class="what" role="gridcell" .style=${`padding-left: ${indent}px`}>
      <span class=${`twisty ${row.children ? open ? 'open' : 'closed' : ''}`} aria-hidden="true"
        @click=${event => { event.stopPropagation(); onToggle(row); }}></span>
      ${row.level > DEEPEST_INDENT && html`<span class="depth">depth ${row.level}</span>`}
      ${words({ row, chain, open, onHoverKey })}
    </div>
    <div class="took" role="gridcell">${duration(span(row).took)}</div>
    <div class="left" role="gridcell">${type !== 'operation' && type !== 'alike' && timeLeft({ node })}</div>
    <div class="time" role="gridcell">${bars({ row, zoom })}</div>
  </div>`;
}

function words({ row, chain, open, onHoverKey }) {
  const { node, type } = row;
  const process = (!row.parent || row.parent.node.process !== node.process) && html`${serviceName({ chain, node })} `;
  if (type === 'operation') {
    const last = row.nodes[row.nodes.length - 1];
    const notable = row.nodes.filter(each => each.notable && !each.refused).length;
    return html`${process}<span class="label">${short(node.label, 200)}</span>
      <span class="chip tries">${attemptsInWords(row.nodes)}</span>
      ${!open && notable > 0 && html`<span class="chip verdict would">${count(notable, 'verdict')}</span>`}
      ${last.refused || last.failed ? html`<span class="bad">failed in the end</span>`
        : last.errorsBelow === 0 && html`<span class="good">got through</span>`}`;
  }
  if (type === 'alike') {
    return html`<span class="label quiet">… ${count(row.nodes.length, 'more attempt')} like it</span>`;
  }
  return html`${process}<span class=${`label${node.failed ? ' failed' : ''}`}>${type === 'attempt'
    ? `attempt ${node.attempt}` : short(node.label, 200)}</span>
    ${type !== 'attempt' && node.attempt > 1 && html`<span class="chip tries">attempt ${node.attempt}</span>`}
    ${type === 'attempt' && cause({ node, row })}
    ${facts({ node, chain, onHoverKey })}
    ${!open && node.findingsBelow > 0 && row.children > 0 && html`<span class="quiet">${count(node.findingsBelow, 'finding')} below</span>`}`;
}

/** Which layer made this attempt: the innermost one whose try is not its first. */
function cause({ node }) {
  const layer = [...node.layers].reverse().find(each => each.attempt > 1) ?? node.layers[node.layers.length - 1];
  if (!layer) return null;
  return html`<span class="cause" title=${node.layers.map(each => `${plain(each.name)} try ${each.attempt}`).join(', in it ')}>
    ${node.attempt > 1 ? 'caused by' : 'in'} ${short(layer.name, 30)}, try ${layer.attempt}</span>`;
}

function facts({ node, chain, onHoverKey }) {
  const { span } = node;
  return html`<span class="said">
    ${node.code !== undefined && html`<span class=${Number(node.code) >= 400 ? 'bad' : 'quiet'}>${short(node.code, 20)}</span>`}
    ${node.refused && html`<span class="chip refused">never went out</span>`}
    ${node.verdicts.filter(isNotable).map(verdict => verdictChip({ verdict }))}
    ${node.key !== undefined && keyChip({ value: node.key, colour: chain.keys.get(String(node.key)).colour, onHover: onHoverKey })}
    ${node.failed && !node.refused && (node.why || node.code === undefined) && html`<span class="bad why">${short(node.why || 'error', 120)}</span>`}
    ${span.attributes['weir.amplification'] > 1 && html`<span class="chip amplified">× ${Number(span.attributes['weir.amplification'])}</span>`}
    ${span.links.length > 0 && html`<span class="chip link">${count(span.links.length, 'link')}</span>`}
    ${span.orphan && html`<span class="chip odd">its parent has not arrived</span>`}
    ${span.cycle && html`<span class="chip odd">its parents form a cycle</span>`}</span>`;
}

/** Attempts are numbered over the whole chain, so here may be the tenth to the eighteenth. */
function attemptsInWords(nodes) {
  const made = nodes.filter(node => !node.refused);
  const refused = nodes.length - made.length;
  if (!made.length) return `${count(refused, 'attempt')} refused`;
  const first = made.reduce((least, node) => Math.min(least, node.attempt), Infinity);
  const last = made.reduce((most, node) => Math.max(most, node.attempt), 0);
  const numbers = first === 1 && last === made.length ? '' : first === last ? ` (no. ${first})` : ` (no. ${first} to ${last})`;
  return `${count(made.length, 'attempt')}${numbers}${refused ? `, ${refused} refused` : ''}`;
}

function timeLeft({ node }) {
  if (node.remaining === null) return null;
  const late = node.remaining <= 0;
  const tone = late ? 'late' : node.burnt > 0.8 ? 'short' : 'enough';
  const words = late ? node.remaining < 0 ? `${duration(-node.remaining)} too late` : 'none left' : duration(node.remaining);
  return html`<span class=${`burn ${tone}`} title=${node.whole ? `of ${duration(node.whole)}` : ''}>
    <span class="burn-bar" aria-hidden="true"><span .style=${`width: ${(1 - node.burnt) * 100}%`}></span></span>${words}</span>`;
}

function span(row) {
  if (row.type !== 'operation' && row.type !== 'alike') return row.node;
  if (!row.whole) {
    let start = Infinity;
    let end = -Infinity;
    for (const node of row.nodes) {
      start = Math.min(start, node.start);
      end = Math.max(end, node.end);
    }
    row.whole = { start, end, took: end - start };
  }
  return row.whole;
}

function bars({ row, zoom }) {
  const scale = 100 / Math.max(zoom.to - zoom.from, 0.001);
  const whole = span(row);
  const many = row.type === 'operation' && row.nodes.length <= 60 ? row.nodes : null;
  const { deadline, remaining } = row.node;
  const tick = remaining !== null && row.type !== 'operation' && row.type !== 'alike' ? (deadline - zoom.from) * scale : -1;
  return html`${bar(whole, row.type === 'operation' || row.type === 'alike' ? 'bar whole' : barClass(row.node), zoom, scale)}
    ${many && many.map(node => bar(node, `${barClass(node)} part`, zoom, scale))}
    ${tick >= 0 && tick <= 100 && html`<span class="deadline" title="its deadline" .style=${`left: ${tick}%`}></span>`}`;
}

function barClass(node) {
  return `bar${node.refused ? ' refused' : node.failed ? ' failed' : ''}${node.callee ? ' callee' : ''}`;
}

function bar({ start, end }, name, zoom, scale) {
  const left = (start - zoom.from) * scale;
  const right = (end - zoom.from) * scale;
  if (right < 0 || left > 100) return null;
  const from = Math.min(Math.max(left, 0), 99.6);
  return html`<span class=${name} .style=${`left: ${from}%; width: ${Math.max(Math.min(right, 100) - from, 0.3)}%`}></span>`;
}
