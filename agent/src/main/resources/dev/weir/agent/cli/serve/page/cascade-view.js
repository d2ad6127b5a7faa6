// Draws how one call became many: a column for each layer that tried again, a dot for each try.
import { html, svg } from './html.js';
import { UNNAMED } from './cascade.js';
import { count, number, plain, short } from './format.js';

const MOST_DOTS = 400;
const COLUMN = 230;
const MARGIN = 50;

export function cascadeView({ paths, chosen, onChoose, onNode }) {
  if (!paths.length) {
    return html`<div class="cascade"><p class="nothing">Nothing multiplied here: every operation went out once.</p></div>`;
  }
  const path = paths[Math.min(chosen, paths.length - 1)];
  return html`<div class="cascade">
    <h2 class="product">${product(path)} <span class="quiet">${callsOf(path)}</span></h2>
    ${paths.length > 1 && html`<div class="paths" role="group" aria-label="Where calls multiplied">
      ${paths.slice(0, 8).map((each, i) => html`<button type="button" aria-pressed=${String(each === path)}
        @click=${() => onChoose(i)}>${product(each)} ${short(leafOf(each).label, 60)}</button>`)}
      ${paths.length > 8 && html`<span class="quiet">and ${paths.length - 8} smaller ones</span>`}
    </div>`}
    ${layerTable({ path, onNode })}
    <p class="legend"><span class="dot-key ok"></span> went through <span class="dot-key failed"></span> failed
      <span class="dot-key would"></span> enforce would have refused it <span class="dot-key refused"></span> refused, never went out</p>
    ${drawing({ path, onNode })}
  </div>`;
}

function leafOf(path) {
  return path.levels[path.levels.length - 1];
}

/** `3 × 3 × 3 = 27` */
export function product(path) {
  const factors = path.levels.map(level => level.factor).filter(factor => number(factor) !== '1');
  return factors.length > 1 ? `${factors.map(number).join(' × ')} = ${number(path.product)}` : `× ${number(path.product)}`;
}

export function callsOf(path) {
  const leaf = leafOf(path);
  const refused = path.refused ? `, ${number(path.refused)} more refused` : '';
  const calls = path.total > Math.ceil(path.product) ? `${number(path.total)} calls of ` : '';
  return `${calls}${short(leaf.label, 80)} by ${short(leaf.service, 40)}${refused}`;
}

function layerTable({ path, onNode }) {
  return html`<table class="layers"><thead><tr><th scope="col">layer</th><th scope="col">in</th><th scope="col">tries again</th>
      <th scope="col" class="right">each became</th><th scope="col" class="right">in all</th></tr></thead>
    <tbody>${path.levels.map(level => html`<tr>
      <td>${nameOf(level)}</td><td>${short(level.service, 40)}</td>
      <td>${linkTo(level, level.retries ? leafOf(path).label : level.label, onNode)}</td>
      <td class="right"><b>× ${number(level.factor)}</b></td><td class="right">${number(level.tries.length)}</td></tr>`)}
    </tbody></table>`;
}

function linkTo(level, label, onNode) {
  const node = level.tries.find(each => each.node)?.node;
  return node ? html`<button type="button" class="plain" @click=${() => onNode(node)}>${short(label, 80)}</button>`
    : short(label, 80);
}

function nameOf(level) {
  if (level.tries.length === level.operations.size) return 'the call';
  return level.layer === UNNAMED ? 'its own loop' : short(level.layer, 40);
}

function drawing({ path, onNode }) {
  const drawn = path.levels.filter(level => level.tries.length <= MOST_DOTS);
  if (!drawn.length) return html`<p class="quiet">Too many to draw.</p>`;
  const spots = placeTries(drawn);
  const rows = Math.max(...spots.values()) + 1;
  const gap = rows <= 40 ? 18 : rows <= 120 ? 10 : 6;
  const y = each => MARGIN + spots.get(each) * gap;
  const x = column => 100 + column * COLUMN;
  const radius = gap >= 18 ? 6 : gap >= 10 ? 4 : 2.5;
  const width = x(drawn.length - 1) + 220;
  const height = MARGIN + rows * gap + 10;
  const words = path.levels.map(level => `${nameOf(level)} in ${plain(level.service)}: times ${number(level.factor)}, ${number(level.tries.length)} in all`);
  return html`<svg class="fan" width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="img"
      aria-label=${`${product(path)}. ${words.join('; ')}`}>
    <circle cx="16" cy=${MARGIN} r="6" class="start"></circle><text x="11" y="14" class="fan-name">1</text>
    ${drawn.map((level, column) => svg`
      <text x=${x(column) - 8} y="14" class="fan-name">${level.factor === 1 ? '' : `× ${number(level.factor)} `}${nameOf(level)}</text>
      <text x=${x(column) - 8} y="31" class="fan-where">${short(level.service, 24)}</text>
      ${level.tries.map(each => {
        const from = nearest(each, column === 0 ? null : drawn[column - 1]);
        const fromX = column === 0 ? 16 : x(column - 1);
        const fromY = column === 0 ? MARGIN : from ? y(from) : MARGIN;
        const bend = (fromX + x(column)) / 2;
        return svg`<path class="fan-line" d=${`M${fromX} ${fromY}C${bend} ${fromY} ${bend} ${y(each)} ${x(column)} ${y(each)}`}></path>`;
      })}`)}
    ${drawn.map((level, column) => level.tries.map(each => svg`<circle class=${`try ${toneOf(each)}`} cx=${x(column)} cy=${y(each)}
      r=${radius} @click=${each.node && (() => onNode(each.node))}><title>${titleOf(each)}</title></circle>`))}
    ${drawn.length < path.levels.length && svg`<text x=${x(drawn.length - 1) + 20} y=${MARGIN + 4} class="fan-name">… then ${count(path.total, 'call')}</text>`}
  </svg>`;
}

/** The try of the drawn level before that this one came from; levels between that only pass on are skipped. */
function nearest(each, level) {
  for (let above = each.above; above; above = above.above) {
    if (level && above.level.id === level.id) return above;
  }
  return null;
}

/** The last column from top to bottom; what a try became stands around it. */
function placeTries(levels) {
  const spots = new Map();
  const last = levels[levels.length - 1];
  let next = 0;
  const order = new Map();
  for (let column = 0; column < levels.length; column++) {
    levels[column].tries.forEach((each, i) => {
      const from = nearest(each, column ? levels[column - 1] : null);
      order.set(each, [...(from ? order.get(from) ?? [] : []), i]);
    });
  }
  const compare = (a, b) => {
    const [left, right] = [order.get(a), order.get(b)];
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      if (left[i] !== right[i]) return left[i] - right[i];
    }
    return left.length - right.length;
  };
  for (const each of [...last.tries].sort(compare)) spots.set(each, next++);
  for (let column = levels.length - 2; column >= 0; column--) {
    for (const each of levels[column].tries) {
      const below = levels[column + 1].tries.filter(child => nearest(child, levels[column]) === each);
      spots.set(each, below.length ? (spots.get(below[0]) + spots.get(below[below.length - 1])) / 2 : next++);
    }
  }
  return spots;
}

function toneOf({ node }) {
  if (!node) return 'between';
  if (node.refused) return 'refused';
  if (node.verdicts.some(verdict => verdict.outcome === 'would-deny')) return 'would';
  return node.failed || (node.layer && node.errorsBelow > 0) ? 'failed' : 'ok';
}

function titleOf(each) {
  const said = each.node?.verdicts.filter(verdict => verdict.tone !== 'quiet').map(verdict => `${plain(verdict.rule)} ${verdict.words}`);
  return `try ${each.number}${each.node?.why ? `: ${short(each.node.why, 100)}` : ''}${said?.length ? `; ${said.join('; ')}` : ''}`;
}
