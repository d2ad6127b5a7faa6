// Recent chains, and the filters over them.
import { html, live } from './html.js';
import { clock, count, duration, nanos, number, plain, short } from './format.js';
import { isNotable, meaning } from './verdicts.js';
import { VirtualRows } from './virtual-rows.js';

const ROW_HEIGHT = 52;
const TYPING_MS = 250;
const VERDICTS = ['would-deny', 'deny', 'would-limit', 'limit', 'would-delay', 'delay', 'would-mark', 'flag', 'not-enforced'];
const RULES = ['circuit-breaker', 'deadline', 'idempotency-key', 'rate-limit', 'retry-budget'];

export class ListView {
  /** @param go `onOpen(trace id)` and `onFilter(filter)` */
  constructor(redraw, go) {
    this.redraw = redraw;
    this.go = go;
    this.selected = null;
    this.list = null;
    this.filter = {};
    /** What is being typed: not yet the filter, and not to be overwritten by it. */
    this.draft = {};
    this.scroller = new VirtualRows(ROW_HEIGHT, redraw);
  }

  /** Whether the key meant something here. */
  key(event) {
    const { traces } = this.list ?? { traces: [] };
    const at = traces.findIndex(trace => trace.id === this.selected);
    const page = 10;
    const to = {
      ArrowDown: at + 1, ArrowUp: Math.max(at, 1) - 1, j: at + 1, k: Math.max(at, 1) - 1,
      PageDown: at + page, PageUp: at - page, Home: 0, End: traces.length - 1,
    }[event.key];
    if (to !== undefined && traces.length) {
      this.selected = traces[Math.min(Math.max(to, 0), traces.length - 1)].id;
      this.redraw();
    } else if (event.key === 'Enter' && at >= 0) this.go.onOpen(traces[at].id);
    else if (event.key === '/') document.getElementById('filter-text').focus();
    else if (event.key === 'Escape' && Object.keys(this.filter).length) this.clear();
    else return false;
    return true;
  }

  view(list, filter) {
    this.list = list;
    this.filter = filter;
    const { selected } = this;
    const traces = list?.traces ?? [];
    const at = traces.findIndex(trace => trace.id === selected);
    const open = id => {
      this.selected = id;
      this.go.onOpen(id);
    };
    const row = i => rowView({ trace: traces[i], index: i, selected: i === at, onOpen: open });
    return html`<main class="list">
      ${this.filters(list?.services ?? [], traces)}
      <div role="grid" class="chains" id="chains" tabindex="0" aria-label="Recent chains" aria-colcount="6"
        aria-rowcount=${traces.length + 1} aria-activedescendant=${at < 0 ? undefined : `chain-${selected}`}>
        <div class="list-head list-grid" role="row" aria-rowindex="1">
          <span role="columnheader">began</span><span role="columnheader">chain</span>
          <span role="columnheader" class="right">took</span><span role="columnheader" class="right">spans</span>
          <span role="columnheader" class="right">calls multiplied</span><span role="columnheader">verdicts</span>
        </div>
        ${this.scroller.view({ name: 'list-rows', count: traces.length, row, selected: at, selectedKey: selected })}
      </div>
      ${list && traces.length === 0 && nothingFound({ filter, list })}
      <p class="status" role="status">${list ? `${count(traces.length, 'chain')} shown, ${number(list.held)} held`
        + `${list.evicted ? `, ${number(list.evicted)} older ones let go` : ''}. New ones appear by themselves.` : 'Loading …'}</p>
    </main>`;
  }

  set(name, value) {
    const filter = { ...this.filter };
    if (value) filter[name] = value;
    else delete filter[name];
    this.go.onFilter(filter);
  }

  typed(name, value) {
    clearTimeout(this.typing);
    this.draft[name] = value;
    this.typing = setTimeout(() => this.set(name, value.trim()), TYPING_MS);
  }

  clear() {
    clearTimeout(this.typing);
    this.draft = {};
    this.go.onFilter({});
  }

  filters(services, traces) {
    const { filter } = this;
    const sessions = [...new Set(traces.flatMap(trace => trace.sessions))].slice(0, 200);
    const select = (name, label, any, options) => html`<label>${label}<select id=${`filter-${name}`}
        .value=${live(filter[name] ?? '')} @change=${event => this.set(name, event.target.value)}>
      <option value="">${any}</option>
      ${options.map(([value, words]) => html`<option value=${value} ?selected=${filter[name] === value}>${short(words, 60)}</option>`)}
      ${filter[name] && !options.some(([value]) => value === filter[name]) && html`<option selected value=${filter[name]}>${short(filter[name], 60)}</option>`}
    </select></label>`;
    return html`<form class="filters" role="search" aria-label="Filter chains" @submit=${event => event.preventDefault()}>
      <label class="wide">text<input id="filter-text" type="search" placeholder="trace id, URL, error, attribute …  ( / )"
        .value=${live(this.draft.text ?? filter.text ?? '')} @input=${event => this.typed('text', event.target.value)} /></label>
      ${select('service', 'service', 'any', services.map(name => [name, name]))}
      ${select('verdict', 'verdict', 'any', [...RULES.map(rule => [rule, rule]),
        ...VERDICTS.map(outcome => [outcome, meaning(outcome).words])])}
      ${select('min-amplification', 'calls multiplied', 'any', [['1.5', '× 1.5 and more'], ['2', '× 2 and more'], ['5', '× 5 and more'], ['10', '× 10 and more']])}
      ${select('min-duration-ms', 'took', 'any', [['100', '100 ms and more'], ['1000', '1 s and more'], ['10000', '10 s and more'], ['60000', '1 min and more']])}
      <label>session<input id="filter-session" list="sessions" autocomplete="off" .value=${live(this.draft.session ?? filter.session ?? '')}
        @input=${event => this.typed('session', event.target.value)} /></label>
      <datalist id="sessions">${sessions.map(session => html`<option value=${session}></option>`)}</datalist>
      <label class="check"><input id="filter-failed" type="checkbox" .checked=${filter.failed === 'true'}
        @change=${event => this.set('failed', event.target.checked ? 'true' : '')} /> with errors</label>
      ${Object.keys(filter).length > 0 && html`<button type="button" @click=${() => this.clear()}>clear</button>`}
    </form>`;
  }
}

function nothingFound({ filter, list }) {
  if (Object.keys(filter).length) return html`<p class="nothing">None of the ${count(list.held, 'chain')} fits these filters. Esc clears them.</p>`;
  return html`<div class="nothing"><p>No spans yet. Start an application with the agent; it sends here by itself:</p>
    <pre>OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin} java -javaagent:weir.jar -jar your-application.jar</pre></div>`;
}

function rowView({ trace, index, selected, onOpen }) {
  const said = [];
  for (const [rule, outcomes] of Object.entries(trace.verdicts)) {
    for (const [outcome, times] of Object.entries(outcomes)) {
      const words = meaning(outcome);
      if (isNotable(words)) said.push({ rule, times, ...words });
    }
  }
  said.sort((a, b) => b.times - a.times);
  const factor = Number(trace.amplification) || 0;
  const path = `#/trace/${trace.id}`;
  return html`<div class=${`list-grid list-row${selected ? ' selected' : ''}`} role="row" id=${`chain-${trace.id}`}
      aria-rowindex=${index + 2} aria-selected=${String(selected)} @click=${() => onOpen(trace.id)}>
    <span role="gridcell" class="quiet">${clock(trace.startUnixNano)}</span>
    <span role="gridcell" class="chain-name"><a href=${path} tabindex="-1" @click=${event => event.stopPropagation()}>${short(trace.label || '(no name)', 120)}</a>
      ${!trace.rooted && html`<span class="chip odd">its root has not arrived</span>`}
      <span class="second">${trace.services.map(name => short(name, 40)).join(', ')}
        <span class="quiet mono" title=${trace.id}> ${trace.id.slice(0, 8)}…</span>
        ${trace.sessions.length > 0 && html`<span class="quiet"> session ${short(trace.sessions[0], 30)}</span>`}</span></span>
    <span role="gridcell" class="right">${duration(nanos(trace.durationNano))}</span>
    <span role="gridcell" class="right">${number(trace.spanCount)}
      ${trace.errorCount > 0 && html`<span class="second bad">${count(trace.errorCount, 'error')}</span>`}</span>
    <span role="gridcell" class="right">${factor > 1
      ? html`<b class=${factor >= 2 ? 'bad' : ''}>× ${number(factor)}</b>
        ${trace.attempts > 0 && trace.operations > 0 && html`<span class="second quiet">${number(Number(trace.attempts))} calls for ${number(Number(trace.operations))}</span>`}` : factor ? html`<span class="quiet">× 1</span>` : ''}</span>
    <span role="gridcell" class="said">${said.slice(0, 3).map(verdict => html`<span class=${`chip verdict ${verdict.tone}`}
      title=${plain(verdict.rule)}><b>${short(verdict.rule, 20)}</b> ${short(verdict.words, 30)} ${number(verdict.times)}</span>`)}
      ${said.length > 3 && html`<span class="quiet">+ ${said.length - 3}</span>`}</span>
  </div>`;
}
