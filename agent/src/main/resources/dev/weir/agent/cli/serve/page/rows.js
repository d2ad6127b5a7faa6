// The rows of a tree: spans, operations with their attempts folded under them, and attempts that went alike.

const FEW_ROWS = 400;

/** All rows in tree order; each knows its parent row, and `end`, the index behind the last row below it. */
export function rowsOf(chain) {
  const rows = [];
  const open = [];
  push(open, shape(chain.roots), null);
  while (open.length) {
    const row = open.pop();
    if (row.type === 'end') {
      row.row.end = rows.length;
      continue;
    }
    row.index = rows.length;
    rows.push(row);
    open.push({ type: 'end', row });
    const below = row.type === 'operation' ? attempts(row, chain.courses)
      : row.type === 'alike' ? row.nodes.map(node => ({ type: 'attempt', nodes: [node] }))
        : shape(row.nodes[0].children);
    row.children = below.length;
    push(open, below, row);
  }
  return rows;
}

function push(open, rows, parent) {
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    const node = row.nodes[0];
    row.parent = parent;
    row.level = parent ? parent.level + 1 : 1;
    row.place = i + 1;
    row.siblings = rows.length;
    row.node = node;
    row.key = row.type === 'operation' || row.type === 'alike' ? `${row.type}-${node.id}` : node.id;
    open.push(row);
  }
}

/** Siblings that are attempts of one operation become one row. */
function shape(siblings) {
  const operations = new Map();
  for (const node of siblings) {
    if (node.operation === undefined || !node.attempt) continue;
    const attempts = operations.get(node.operation);
    if (attempts) attempts.push(node);
    else operations.set(node.operation, [node]);
  }
  const rows = [];
  for (const node of siblings) {
    const attempts = node.attempt ? operations.get(node.operation) : undefined;
    if (!attempts || attempts.length === 1) rows.push({ type: 'span', nodes: [node] });
    else if (attempts[0] === node) {
      rows.push({ type: 'operation', nodes: [...attempts].sort((a, b) => a.attempt - b.attempt || a.start - b.start) });
    }
  }
  return rows;
}

/** The first of several attempts that went the same way stands for itself, the others are folded once more. */
function attempts(operation, courses) {
  const nodes = operation.nodes;
  const rows = [];
  for (let from = 0; from < nodes.length;) {
    let to = from + 1;
    while (to < nodes.length && courses[nodes[to].index] === courses[nodes[from].index]) to++;
    rows.push({ type: 'attempt', nodes: [nodes[from]] });
    const others = nodes.slice(from + 1, to);
    if (others.length > 1) rows.push({ type: 'alike', nodes: others });
    else for (const node of others) rows.push({ type: 'attempt', nodes: [node] });
    from = to;
  }
  return rows;
}

/** What is open at first: everything but folded attempts, or as many levels as fit where that would be too much. */
export function openAtFirst(rows) {
  const perLevel = [];
  for (const row of rows) perLevel[row.level] = (perLevel[row.level] ?? 0) + 1;
  let level = 1;
  for (let sum = perLevel[1] ?? 0; level < perLevel.length && sum + (perLevel[level + 1] ?? 0) <= FEW_ROWS; level++) {
    sum += perLevel[level + 1] ?? 0;
  }
  return new Set(rows.filter(row => row.level < Math.max(level, 2) && row.type !== 'alike').map(row => row.key));
}

/** The rows that can be seen; with a text only those that have it, and what they hang from. */
export function visibleRows(rows, open, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) {
    const seen = [];
    for (let i = 0; i < rows.length;) {
      seen.push(rows[i]);
      i = open.has(rows[i].key) ? i + 1 : rows[i].end;
    }
    return seen;
  }
  const kept = new Set();
  for (const row of rows) {
    row.match = row.type !== 'alike' && row.nodes.some(node => textOf(node).includes(wanted));
    if (!row.match) continue;
    for (let each = row; each && !kept.has(each); each = each.parent) kept.add(each);
  }
  return rows.filter(row => kept.has(row));
}

function textOf(node) {
  node.text ??= `${node.id} ${node.label} ${node.process} ${node.why} ${JSON.stringify(node.span.attributes)}`.toLowerCase();
  return node.text;
}

export function isFinding(row) {
  return row.type !== 'operation' && row.type !== 'alike' && (row.node.failed || row.node.notable);
}

/** The next row with an error or a verdict, in the direction of `step`, and round the end. */
export function nextFinding(rows, from, step) {
  for (let i = 1; i <= rows.length; i++) {
    const row = rows[(((from + i * step) % rows.length) + rows.length) % rows.length];
    if (isFinding(row)) return row;
  }
  return null;
}
