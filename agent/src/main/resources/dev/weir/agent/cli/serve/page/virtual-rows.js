// Draws only the rows that can be seen: all rows are equally high, so where one stands is a multiplication.
import { html, ref } from './html.js';

const SPARE = 12;

export class VirtualRows {
  constructor(rowHeight, redraw) {
    this.rowHeight = rowHeight;
    this.redraw = redraw;
    this.height = 800;
    this.shown = null;
    this.observer = new ResizeObserver(([entry]) => {
      if (this.height === entry.contentRect.height) return;
      this.height = entry.contentRect.height;
      this.redraw();
    });
    this.keep = box => {
      this.observer.disconnect();
      this.box = box;
      if (box) this.observer.observe(box);
    };
  }

  /** Scrolls no further than needed. */
  show(index) {
    if (index < 0 || !this.box) return;
    const { rowHeight } = this;
    const top = index * rowHeight;
    const height = this.box.clientHeight;
    if (top < this.box.scrollTop + rowHeight) this.box.scrollTop = Math.max(0, top - rowHeight);
    else if (top + 2 * rowHeight > this.box.scrollTop + height) this.box.scrollTop = top + 2 * rowHeight - height;
  }

  /** @param selectedKey when it changes, the row at `selected` is scrolled to */
  view({ name, count, row, selected, selectedKey }) {
    if (this.shown !== selectedKey) {
      this.shown = selectedKey;
      queueMicrotask(() => this.show(selected));
    }
    const { rowHeight } = this;
    const first = Math.max(0, Math.min(Math.floor((this.box?.scrollTop ?? 0) / rowHeight) - SPARE, count));
    const last = Math.min(count, first + Math.ceil(this.height / rowHeight) + 2 * SPARE);
    const shown = [];
    for (let i = first; i < last; i++) shown.push(row(i));
    return html`<div class=${`rows ${name}`} role="rowgroup" tabindex="-1" ${ref(this.keep)} @scroll=${this.redraw}>
      <div class="rows-all" role="presentation" .style=${`height: ${count * rowHeight}px`}>
        <div role="presentation" .style=${`transform: translateY(${first * rowHeight}px)`}>${shown}</div>
      </div>
    </div>`;
  }
}
