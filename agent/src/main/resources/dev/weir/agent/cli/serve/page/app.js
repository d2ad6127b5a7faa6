// The page: which view is shown, what it shows, and the keys.
import { html, render } from './html.js';
import * as api from './api.js';
import { chainOf } from './chain.js';
import { ChainView } from './chain-view.js';
import { helpView } from './help-view.js';
import { ListView } from './list-view.js';

const POLL_MS = 1500;
/** A large chain that still grows is fetched again more rarely: at most a tenth of the time goes into that. */
const POLL_SHARE = 10;
const THEME = 'weir.theme';

class App {
  constructor(root) {
    this.root = root;
    this.redraw = () => render(this.page(), this.root);
    this.route = routeOf(location.hash);
    this.list = null;
    this.chain = null;
    this.problem = null;
    this.missing = false;
    this.locked = false;
    this.help = false;
    this.filter = {};
    this.listView = new ListView(this.redraw, { onOpen: trace => show({ trace }), onFilter: filter => show({ filter }) });
    this.chainView = null;
  }

  start() {
    addEventListener('hashchange', () => this.go(routeOf(location.hash)));
    addEventListener('keydown', event => this.key(event));
    document.addEventListener('visibilitychange', () => document.hidden || this.poll());
    this.go(this.route);
  }

  change(news) {
    Object.assign(this, news);
    this.redraw();
  }

  go(route) {
    const before = this.route;
    if (!route.trace) this.filter = route.filter;
    document.title = 'Weir: chains';
    if (route.trace !== before.trace || !route.trace) this.change({ route, chain: null, chainView: null, missing: false });
    else this.change({ route });
    if (this.chainView && route.span && route.span !== before.span) this.chainView.goTo(this.chain.byId.get(route.span));
    this.poll();
  }

  /** Asks for what the view shows, then again after a while. Conditional, so that nothing new costs nothing. */
  async poll() {
    clearTimeout(this.waiting);
    const round = this.round = {};
    const began = performance.now();
    if (!document.hidden && !this.locked) await this.load(round);
    if (this.round !== round) return;
    const wait = Math.max(POLL_MS, (performance.now() - began) * POLL_SHARE);
    this.waiting = setTimeout(() => this.poll(), wait);
  }

  async load(round) {
    const { route } = this;
    try {
      if (route.trace) await this.loadChain(round, route);
      else await this.loadList(round, route);
      if (this.round === round && this.problem) this.change({ problem: null });
    } catch (problem) {
      if (this.round !== round) return;
      if (problem instanceof api.NotAllowed) this.change({ locked: true });
      else if (problem instanceof api.NotHere && !this.chain) this.change({ missing: true, problem: null });
      else if (problem instanceof api.NotHere) this.change({ problem: 'serve has let this chain go; this is what it was' });
      else this.change({ problem: problem instanceof TypeError ? 'serve does not answer. Is it still running?' : problem.message });
    }
  }

  async loadList(round, route) {
    const asked = JSON.stringify(route.filter);
    const news = await api.chains(route.filter, this.list?.asked === asked ? this.list.version : undefined);
    if (news && this.round === round) this.change({ list: { ...news.body, version: news.version, asked } });
  }

  async loadChain(round, route) {
    const news = await api.chain(route.trace, this.chain?.version);
    if (!news || this.round !== round) return;
    const first = !this.chainView;
    this.chain = { ...chainOf(news.body), version: news.version };
    this.chainView ??= new ChainView(this.redraw, {
      onView: view => show({ trace: route.trace, view }),
      onBack: () => show({ filter: this.filter }),
    });
    this.chainView.take(this.chain);
    document.title = `${this.chain.label} · Weir`;
    this.change({ missing: false });
    if (first && route.span) this.chainView.goTo(this.chain.byId.get(route.span));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches?.('input, select, textarea');
    if (typing && event.target.type !== 'checkbox') {
      if (event.key === 'Escape' || (event.key === 'Enter' && event.target.type === 'search')) event.target.blur();
      return;
    }
    if (event.target.matches?.('button, a') && (event.key === 'Enter' || event.key === ' ')) return;
    if (this.help) {
      if (event.key === 'Escape' || event.key === '?') this.closeHelp();
    } else if (event.key === '?') this.openHelp();
    else if (event.key === 'd') this.switchTheme();
    else if (!(this.route.trace ? this.chainView : this.listView)?.key(event)) return;
    event.preventDefault();
  }

  openHelp() {
    this.before = document.activeElement;
    this.change({ help: true });
    document.getElementById('close-help').focus();
  }

  closeHelp() {
    this.change({ help: false });
    this.before?.focus();
  }

  switchTheme() {
    const dark = getComputedStyle(document.documentElement).colorScheme === 'dark'
      || (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
    const theme = dark ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(THEME, theme);
  }

  page() {
    // Behind the help nothing can be reached, by keys or by a screen reader.
    return html`<div class="under" ?inert=${this.help}>
      <header class="top"><a href="#/" class="name">Weir</a>
        ${this.problem !== null && html`<span class="problem" role="alert">${this.problem}</span>`}
        <span class="spring"></span>
        <button type="button" id="theme" @click=${() => this.switchTheme()}>dark / light <kbd>d</kbd></button>
        <button type="button" id="help" @click=${() => this.openHelp()}>help <kbd>?</kbd></button></header>
      ${this.body()}</div>
      ${this.help && helpView({ onClose: () => this.closeHelp() })}`;
  }

  body() {
    const { route } = this;
    if (this.locked) return tokenForm({ onToken: token => this.unlock(token) });
    if (!route.trace) return this.listView.view(this.list, route.filter);
    if (this.chainView) return this.chainView.view(route.view);
    if (!this.missing) return html`<main><p class="nothing" role="status">Loading …</p></main>`;
    return html`<main><p class="nothing">Chain <span class="mono">${route.trace}</span> is not here: it never came, or newer ones
      replaced it. <a href="#/">All chains</a></p></main>`;
  }

  unlock(token) {
    api.keepToken(token);
    this.change({ locked: false });
    this.poll();
  }
}

function tokenForm({ onToken }) {
  return html`<main><form class="token" @submit=${event => { event.preventDefault(); onToken(document.getElementById('token').value); }}>
    <label>The token that serve was started with<input id="token" type="password" autocomplete="off" /></label>
    <button>open</button><p class="quiet">It stays in this tab.</p></form></main>`;
}

/** `#/?service=pay` is the list, `#/trace/<id>?view=cascade&span=<id>` a chain. */
function routeOf(hash) {
  const [path, query = ''] = hash.replace(/^#/, '').split('?');
  const asked = new URLSearchParams(query);
  const trace = /^\/trace\/([0-9a-f]{32})$/i.exec(path)?.[1]?.toLowerCase() ?? null;
  return trace
    ? { trace, view: asked.get('view') === 'cascade' ? 'cascade' : 'tree', span: asked.get('span'), filter: {} }
    : { trace: null, filter: Object.fromEntries(asked) };
}

function show({ trace, view, filter = {} }) {
  const query = new URLSearchParams(trace ? (view === 'cascade' ? { view } : {}) : filter).toString();
  const address = `${trace ? `#/trace/${trace}` : '#/'}${query ? `?${query}` : ''}`;
  // Back leads to the view before, not through every filter that was tried.
  if (routeOf(location.hash).trace === (trace ?? null)) location.replace(address);
  else location.hash = address;
}

const theme = localStorage.getItem(THEME);
if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
api.takeTokenFromAddress();
new App(document.getElementById('app')).start();
