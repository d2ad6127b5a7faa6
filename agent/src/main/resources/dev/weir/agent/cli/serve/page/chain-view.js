// One chain: what is to know in short, the tree or the cascade, and the details of what is selected.
import { html } from './html.js';
import { withKey } from './api.js';
import { cascades } from './cascade.js';
import { cascadeView, callsOf, product } from './cascade-view.js';
import { DetailsPanel } from './details-panel.js';
import { clock, count, duration, nanos, plain, short } from './format.js';
import { nextFinding, openAtFirst, rowsOf, visibleRows } from './rows.js';
import { ROW_HEIGHT, treeView } from './tree-view.js';
import { isNotable } from './verdicts.js';
import { VirtualRows } from './virtual-rows.js';

const PAGE = 20;
const HOVER_MS = 150;

export class ChainView {
  /** @param go `onView(tree or cascade)` and `onBack()` */
  constructor(redraw, go) {
    this.redraw = redraw;
    this.go = go;
    this.open = new Set();
    this.touched = false;
    this.selected = null;
    this.details = false;
    this.text = '';
    this.range = null;
    this.path = 0;
    this.hover = null;
    this.scroller = new VirtualRows(ROW_HEIGHT, redraw);
    this.panel = new DetailsPanel(redraw, { onClose: () => this.change({ details: false }), onNode: node => this.goTo(node) });
  }

  change(news) {
    Object.assign(this, news);
    this.redraw();
  }

  /** Takes a chain, or what has become of it since; what is open and selected stays. */
  take(chain) {
    this.chain = chain;
    this.rows = rowsOf(chain);
    this.byKey = new Map(this.rows.map(row => [row.key, row]));
    this.paths = cascades(chain);
    if (!this.touched) this.open = openAtFirst(this.rows);
  }

  visible() {
    const { rows, open, text } = this;
    if (this.seenFor?.rows !== rows || this.seenFor.open !== open || this.seenFor.text !== text) {
      this.seenFor = { rows, open, text, seen: visibleRows(rows, open, text) };
    }
    return this.seenFor.seen;
  }

  selectedRow() {
    return this.byKey.get(this.selected) ?? null;
  }

  key(event) {
    const action = {
      n: () => this.find(1), p: () => this.find(-1), e: () => this.openAll(true), c: () => this.openAll(false),
      z: () => this.zoom(), t: () => this.go.onView('tree'), m: () => this.go.onView('cascade'),
      '/': () => { this.go.onView('tree'); setTimeout(() => document.getElementById('find')?.focus()); },
      Escape: () => this.back(),
    }[event.key] ?? (this.shown === 'tree' ? this.treeKeys()[event.key] : undefined);
    if (!action) return false;
    action();
    return true;
  }

  treeKeys() {
    const move = by => () => this.moveTo(this.visible().findIndex(row => row.key === this.selected) + by);
    return {
      ArrowDown: move(1), ArrowUp: move(-1), j: move(1), k: move(-1), PageDown: move(PAGE), PageUp: move(-PAGE),
      Home: () => this.moveTo(0), End: () => this.moveTo(Infinity),
      ArrowRight: () => this.step(true), ArrowLeft: () => this.step(false),
      Enter: () => this.selectedRow() && this.change({ details: !this.details }),
    };
  }

  moveTo(index) {
    const visible = this.visible();
    if (visible.length) this.select(visible[Math.min(Math.max(index, 0), visible.length - 1)]);
  }

  select(row) {
    this.change({ selected: row.key });
  }

  step(inward) {
    const row = this.selectedRow();
    if (!row) return this.moveTo(0);
    const isOpen = this.open.has(row.key);
    if (row.children && inward !== isOpen) this.toggle(row);
    else if (inward && row.children) this.select(this.rows[row.index + 1]);
    else if (!inward && row.parent) this.select(row.parent);
  }

  toggle(row) {
    this.touched = true;
    const open = new Set(this.open);
    if (!open.delete(row.key)) open.add(row.key);
    this.change({ open });
  }

  openAll(all) {
    this.touched = true;
    const open = new Set(all ? this.rows.map(row => row.key) : []);
    const row = this.selectedRow();
    let top = row;
    while (!all && top?.parent) top = top.parent;
    this.change({ open, selected: top?.key ?? null });
  }

  find(step) {
    const from = this.selectedRow();
    const { rows } = this;
    this.goToRow(nextFinding(rows, from ? from.index : step > 0 ? -1 : 0, step));
  }

  goTo(node) {
    if (node) this.goToRow(this.byKey.get(node.id));
  }

  goToRow(row) {
    if (!row) return;
    const open = new Set(this.open);
    for (let above = row.parent; above; above = above.parent) open.add(above.key);
    this.change({ open, selected: row.key, text: '' });
    if (this.shown !== 'tree') this.go.onView('tree');
  }

  zoom() {
    const row = this.selectedRow();
    if (this.range || !row) {
      this.change({ range: null });
      return;
    }
    const from = row.nodes.reduce((least, node) => Math.min(least, node.start), Infinity);
    const to = row.nodes.reduce((most, node) => Math.max(most, node.end), from);
    const spare = Math.max((to - from) * 0.02, 0.001);
    this.change({ range: { from: Math.max(0, from - spare), to: to + spare } });
  }

  back() {
    const { details, text, range } = this;
    if (details) this.change({ details: false });
    else if (text) this.change({ text: '' });
    else if (range) this.change({ range: null });
    else if (this.shown !== 'tree') this.go.onView('tree');
    else this.go.onBack();
  }

  /** Shows, a moment later, where else a key was sent. */
  hoverKey(key, mark) {
    clearTimeout(this.hovering);
    if (key === null) return this.change({ hover: null });
    const box = mark.getBoundingClientRect();
    const hover = { key, left: Math.min(box.left, innerWidth - 420), top: box.bottom + 4, siblings: null };
    this.hovering = setTimeout(async () => {
      this.change({ hover });
      try {
        const siblings = await withKey(key);
        if (this.hover?.key === key) this.change({ hover: { ...hover, siblings } });
      } catch (problem) {
        // The page's own poll says what is wrong; here is only the part that this chain knows.
      }
    }, HOVER_MS);
  }

  view(shown) {
    this.shown = shown;
    const { chain, open, selected, details, text, range, hover } = this;
    const row = this.selectedRow();
    const { onView, onBack } = this.go;
    return html`<main class="chain">
      ${heading({ chain, onBack })}
      ${inShort({ chain, paths: this.paths, onNode: node => this.goTo(node), onCascade: () => onView('cascade') })}
      <div class="tools">
        <div role="group" aria-label="View">
          <button type="button" id="view-tree" aria-pressed=${String(shown === 'tree')} @click=${() => onView('tree')}>Tree <kbd>t</kbd></button>
          <button type="button" id="view-cascade" aria-pressed=${String(shown === 'cascade')} @click=${() => onView('cascade')}>How calls multiplied <kbd>m</kbd></button>
        </div>
        ${shown === 'tree' && html`
          <input id="find" type="search" aria-label="Search in this chain" placeholder="search in this chain ( / )" .value=${text}
            @input=${event => this.change({ text: event.target.value })} />
          <button type="button" @click=${() => this.find(-1)} title="previous finding (p)">◂ finding</button>
          <button type="button" @click=${() => this.find(1)} title="next finding (n)">finding ▸</button>
          <button type="button" @click=${() => this.openAll(true)}>open all <kbd>e</kbd></button>
          <button type="button" @click=${() => this.openAll(false)}>close all <kbd>c</kbd></button>
          ${range && html`<button type="button" @click=${() => this.change({ range: null })}>whole time <kbd>z</kbd></button>`}`}
      </div>
      <div class=${`body${details && row ? ' details-open' : ''}`}>
        ${shown === 'cascade'
          ? cascadeView({ paths: this.paths, chosen: this.path, onChoose: i => this.change({ path: i }), onNode: node => this.goTo(node) })
          : treeView({
            chain, scroller: this.scroller, visible: this.visible(), selected, open, range, filtered: text.trim() !== '', hoverKey: hover?.key ?? null,
            onRow: each => this.change({ selected: each.key, details: true }), onToggle: each => this.toggle(each),
            onHoverKey: (key, mark) => this.hoverKey(key, mark),
          })}
        ${details && row && shown === 'tree' && this.panel.view(chain, row.node)}
      </div>
      ${hover && keyCard({ chain, hover })}
    </main>`;
  }
}

function heading({ chain, onBack }) {
  return html`<header class="chain-head">
    <button type="button" id="back" @click=${onBack} title="to the list (Esc)">‹ chains</button>
    <h1>${short(chain.label || '(no name)', 160)}</h1>
    <p class="quiet">${clock(chain.startUnixNano, true)}, took ${duration(nanos(chain.durationNano))}.
      ${' '}${count(chain.spanCount, 'span')} of ${count(chain.processes, 'process', 'processes')}: ${chain.services.map(name => short(name, 40)).join(', ')}.
      ${chain.sessions.length > 0 && html` Session ${short(chain.sessions[0], 60)}.`}
      ${' '}<span class="mono">${chain.id}</span></p>
  </header>`;
}

/** The answers that a person on call came for, each a way to where it happened. */
function inShort({ chain, paths, onNode, onCascade }) {
  const { failed, linking, linked, orphans, cycles } = chain.short;
  const lost = [
    !chain.rooted && 'Its root has not arrived yet.',
    orphans && `${count(orphans, 'span')} stand${orphans === 1 ? 's' : ''} at the top: what caused ${orphans === 1 ? 'it' : 'them'} has not arrived.`,
    cycles && `${count(cycles, 'cycle')} of parents ${cycles === 1 ? 'was' : 'were'} cut.`,
    chain.duplicates && `${count(chain.duplicates, 'span')} came again with a span id that was here; the first stayed.`,
    chain.droppedSpans && `${count(chain.droppedSpans, 'span')} did not fit into memory and are not here.`,
  ].filter(Boolean);
  return html`<ul class="in-short" aria-label="In short">
    ${paths.length > 0 && html`<li><button type="button" class="said-multiplied" @click=${onCascade}><b>${product(paths[0])}</b> ${callsOf(paths[0])}</button></li>`}
    ${chain.sums.filter(isNotable).slice(0, 6).map(sum => html`<li><button type="button" class=${`said-${sum.tone}`} @click=${() => onNode(sum.first)}>
      <b>${short(sum.rule, 40)}</b> ${short(sum.all, 60)} ${count(sum.count, 'call')}</button></li>`)}
    ${failed !== null && html`<li><button type="button" class="said-failed" @click=${() => onNode(failed)}>${count(chain.errorCount, 'error')}</button></li>`}
    ${linked > 0 && html`<li><button type="button" @click=${() => onNode(linking)}>linked to ${count(linked, 'other chain')}</button></li>`}
    ${chain.linkedFrom.length > 0 && html`<li><a href=${`#/trace/${chain.linkedFrom[0].traceId}?span=${chain.linkedFrom[0].spanId}`}>
      ${count(chain.linkedFrom.length, 'span')} of other chains ${chain.linkedFrom.length === 1 ? 'links' : 'link'} here</a></li>`}
    ${chain.skews.slice(0, 4).map(({ process, shift }) => html`<li class="odd">clock of ${short(process, 40)} is ${duration(Math.abs(shift))} ${shift > 0 ? 'behind' : 'ahead'}; corrected in the picture only</li>`)}
    ${chain.fromDisk && html`<li class="quiet">older than what serve holds in memory; read from its folder</li>`}
    ${lost.map(words => html`<li class="odd">${words}</li>`)}
    ${!paths.length && failed === null && !chain.sums.some(isNotable) && !lost.length && html`<li class="good">Nothing failed, nothing multiplied, no rule objected.</li>`}
  </ul>`;
}

function keyCard({ chain, hover }) {
  const here = chain.keys.get(hover.key)?.nodes ?? [];
  const elsewhere = hover.siblings?.filter(each => each.traceId !== chain.id);
  return html`<div class="key-card" role="tooltip" .style=${`left: ${Math.max(8, hover.left)}px; top: ${hover.top}px`}>
    <p class="mono">${plain(hover.key)}</p>
    <p><b>${count(here.length, 'span')}</b> of this chain (marked)${elsewhere && (elsewhere.length
      ? html`, <b class="bad">${count(elsewhere.length, 'span')} of other chains</b>:` : ', none of other chains.')}</p>
    ${elsewhere?.length > 0 && html`<ul>${elsewhere.slice(0, 8).map(each => html`<li>${clock(each.startUnixNano)} ${plain(each.service)}: ${short(each.name, 40)}
      <span class="quiet"> in ${short(each.root, 40)}${each.attempt ? `, attempt ${each.attempt}` : ''}</span></li>`)}</ul>`}
  </div>`;
}
