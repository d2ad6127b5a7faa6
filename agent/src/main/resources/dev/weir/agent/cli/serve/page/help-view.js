// What the keys do and what the marks mean.
import { html } from './html.js';

const KEYS = [
  ['↑ ↓ (or k j)', 'move; Page Up, Page Down, Home and End too'],
  ['→ ←', 'open or close; ← on a closed row goes to what caused it'],
  ['Enter', 'list: open the chain. Tree: show or hide all that is known of the span'],
  ['n p', 'next and previous finding: an error or a verdict'],
  ['e c', 'open all, close all'],
  ['z', 'zoom the time to the selected row, and back'],
  ['t m', 'tree; how calls multiplied'],
  ['/', 'search'],
  ['Esc', 'one step back: closes help, details, search, zoom; then to the list'],
  ['d', 'dark or light'],
  ['?', 'this'],
];

export function helpView({ onClose }) {
  return html`<div class="veil" @click=${onClose}><div class="help" role="dialog" aria-modal="true" aria-label="Help"
      @click=${event => event.stopPropagation()}>
    <header><h2>Keys</h2><button type="button" id="close-help" @click=${onClose} aria-label="Close help">×</button></header>
    <table><tbody>${KEYS.map(([keys, what]) => html`<tr><th scope="row"><kbd>${keys}</kbd></th><td>${what}</td></tr>`)}</tbody></table>
    <h2>Marks</h2>
    <ul class="marks">
      <li><span class="chip verdict would"><b>rule</b> would have refused</span> observe: it went out; in enforce it would not have</li>
      <li><span class="chip verdict did"><b>rule</b> refused</span> enforce: this happened</li>
      <li><span class="chip verdict unable"><b>rule</b> could not act</span> enforce, but this library offers no lever for it</li>
      <li><span class="chip key key-0">key 43c1c5</span> same key, same colour; point at it to see where else it was sent</li>
      <li><span class="chip amplified">× 27</span> one operation went out 27 times</li>
      <li><span class="burn short"><span class="burn-bar burn-sample"><span></span></span>90 ms</span> what was left of the deadline when the call began</li>
    </ul>
  </div></div>`;
}
