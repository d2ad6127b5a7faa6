// How calls multiply: each layer that tries again, and how many tries each of its tries became.

/** A hand-written loop, or a layer that Weir does not know: its tries are seen, its name is not. */
export const UNNAMED = 'a loop';

/**
 * The paths along which calls multiplied, the widest first: `levels` from the outermost to the call itself, each with its
 * tries, and `factor`, how many of them went out for one operation of one try of the level before.
 */
export function cascades(chain) {
  const levels = levelsOf(chain);
  const leaves = levels.filter(level => !level.below.some(below => below.tries.length >= level.tries.length));
  return leaves.map(pathTo)
    .filter(path => path.levels.some(triedAgain))
    .sort((a, b) => b.product - a.product || b.total - a.total || b.refused - a.refused);
}

function triedAgain(level) {
  return level.tries.length > level.operations.size;
}

function pathTo(leaf) {
  const levels = [];
  for (let level = leaf; level; level = level.above) {
    // A level that only passes calls on is left out, but for the last: it is the call itself.
    if (triedAgain(level) || level === leaf) levels.unshift({ ...level, factor: wentOut(level).length / level.operations.size });
  }
  joinCallToItsLayer(levels);
  const product = levels.reduce((product, level) => product * level.factor, 1);
  const total = wentOut(leaf).length;
  return { levels, product, total, refused: leaf.tries.length - total };
}

function wentOut(level) {
  return level.tries.filter(each => !each.node?.refused);
}

/** A layer of retries that wraps nothing but the call is shown as the call's. */
function joinCallToItsLayer(levels) {
  const [layer, call] = levels.slice(-2);
  if (!call || triedAgain(call) || !layer.retries || layer.tries.length !== call.tries.length) return;
  levels.splice(-2, 2, { ...layer, id: call.id, label: call.label, tries: call.tries, factor: layer.factor * call.factor });
}

function levelsOf(chain) {
  const levels = new Map();
  const tries = new Map();
  const lastTry = new Array(chain.nodes.length).fill(null);
  for (const node of chain.nodes) {
    const from = node.parent ? lastTry[node.parent.index] : null;
    lastTry[node.index] = from;
    // What a callee received is the same try as the one that its caller made.
    if (!node.attempt || node.operation === undefined || node.callee) continue;
    let above = from;
    for (const step of stepsOf(node)) {
      const name = [above?.level.id ?? '', node.service, nameOf(node), step.layer, step.place].join('\u0001');
      let level = levels.get(name);
      if (!level) {
        level = { id: levels.size + 1, service: node.service, label: nameOf(node), layer: step.layer, retries: node.layer !== '',
          above: above?.level ?? null, below: [], tries: [], operations: new Set() };
        levels.set(name, level);
        above?.level.below.push(level);
      }
      level.operations.add(`${above?.id ?? ''}\u0001${node.parent?.id ?? ''}\u0001${node.operation}`);
      const tryName = [level.id, above?.id ?? '', node.parent?.id ?? '', node.operation, step.number].join('\u0001');
      let each = step.last ? undefined : tries.get(tryName);
      if (!each) {
        each = { id: tries.size + 1, level, above, number: step.attempt, node: null };
        tries.set(step.last ? `${tryName}\u0001${node.id}` : tryName, each);
        level.tries.push(each);
      }
      above = each;
    }
    above.node = node;
    lastTry[node.index] = above;
  }
  return [...levels.values()];
}

/** One step for each layer of retries between the call and what contains it; one for an unnamed loop if there is none. */
function stepsOf(node) {
  const within = node.parent && node.parent.process === node.process ? node.parent : null;
  const outer = within ? within.layers.length + (within.layer && !within.layers.some(each => each.name === within.layer) ? 1 : 0) : 0;
  const own = node.layers.slice(outer);
  if (!own.length) return [{ layer: node.layer || UNNAMED, number: node.attempt, attempt: node.attempt, place: 0, last: true }];
  return own.map((layer, i) => ({
    layer: layer.name,
    number: own.slice(0, i + 1).map(each => each.attempt).join('.'),
    attempt: layer.attempt,
    place: i,
    last: i === own.length - 1,
  }));
}

/** The call without what differs from one to the next: ports and queries stay out. */
function nameOf(node) {
  return node.label.replace(/^(\S+ )https?:\/\/[^/\s]+/, '$1').replace(/\?.*$/, '');
}
