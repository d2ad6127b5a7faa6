// One chain as the views read it: nodes in tree order, corrected clocks, keys, findings. Nothing here recurses, since a
// chain may be tens of thousands of spans deep.
import { nanos } from './format.js';
import { isNotable, verdicts } from './verdicts.js';

const CALLEE = new Set(['server', 'consumer']);
const SAME_DEADLINE_MS = 100;

export function chainOf(body) {
  const base = body.spans.reduce((first, span) => {
    const start = BigInt(span.startUnixNano);
    return first === null || start < first ? start : first;
  }, null) ?? 0n;
  const byId = new Map();
  const nodes = body.spans.map(span => nodeOf(span, body.resources, base));
  nodes.forEach((node, index) => {
    node.index = index;
    byId.set(node.id, node);
    const placed = node.span.parentSpanId && !node.span.orphan && !node.span.cycle;
    node.parent = placed ? byId.get(node.span.parentSpanId) ?? null : null;
    node.parent?.children.push(node);
  });
  const skews = correctClocks(nodes);
  burnDown(nodes);
  countBelow(nodes);
  const from = nodes.reduce((least, node) => Math.min(least, node.start), Infinity);
  const to = nodes.reduce((most, node) => Math.max(most, node.end), -Infinity);
  for (const node of nodes) {
    node.start -= from;
    node.end -= from;
    if (node.deadline !== null) node.deadline -= from;
  }
  return {
    ...body,
    base: base + BigInt(Math.round((Number.isFinite(from) ? from : 0) * 1e6)),
    nodes,
    byId,
    roots: nodes.filter(node => !node.parent),
    length: nodes.length ? Math.max(to - from, 0.001) : 1,
    keys: keysOf(nodes),
    services: [...new Set(nodes.map(node => node.service))],
    skews,
    sums: sumsOf(nodes),
    short: inShort(nodes, body.id),
    courses: coursesOf(nodes),
  };
}

function nodeOf(span, resources, base) {
  const attributes = span.attributes;
  const start = Number((BigInt(span.startUnixNano) - base) / 1000n) / 1000;
  const took = Math.max(0, nanos(String(BigInt(span.endUnixNano) - BigInt(span.startUnixNano))));
  const pid = resources[span.resource]?.['process.pid'];
  const said = verdicts(attributes);
  const code = attributes['http.response.status_code'] ?? attributes['rpc.response.status_code'];
  return {
    span,
    id: span.spanId,
    parent: null,
    children: [],
    start,
    end: start + took,
    took,
    shift: 0,
    service: span.service,
    process: pid === undefined ? span.service : `${span.service} ${pid}`,
    label: labelOf(span),
    callee: CALLEE.has(span.kind),
    operation: attributes['weir.operation.id'],
    attempt: wholeNumber(attributes['weir.attempt']),
    layers: layersOf(attributes['weir.attempt.layers']),
    /** The name of a layer of retries that made a span for each of its tries. */
    layer: /^retry (.+)/.exec(span.name)?.[1] ?? '',
    remaining: finite(attributes['weir.deadline.remaining_ms']),
    overrun: finite(attributes['weir.deadline.overrun_ms']),
    deadline: null,
    whole: 0,
    burnt: 0,
    key: attributes['weir.idempotency.key'],
    verdicts: said,
    notable: said.some(isNotable),
    refused: said.some(verdict => verdict.outcome === 'deny'),
    failed: span.status === 'error',
    code,
    why: reasonOf(span, code),
    spansBelow: 0,
    findingsBelow: 0,
    errorsBelow: 0,
  };
}

/** The span's name, with what the conventions keep out of names. */
function labelOf(span) {
  const attributes = span.attributes;
  const method = attributes['http.request.method'];
  const address = attributes[span.kind === 'server' ? 'url.path' : 'url.full'];
  const file = attributes['file.path'];
  if (method !== undefined && address !== undefined && span.name === String(method)) return `${method} ${address}`;
  if (file !== undefined && span.name.startsWith('file ')) return `${span.name} ${file}`;
  return span.name || '(no name)';
}

function wholeNumber(value) {
  const n = Number(value);
  return Number.isSafeInteger(n) && n > 0 ? n : 0;
}

function finite(value) {
  const n = value === undefined || value === null || value === '' ? NaN : Number(value);
  return Number.isFinite(n) ? n : null;
}

/** `resilience4j:2/openai-java:3`: the layers of retries around a call, outermost first, each with its try. */
function layersOf(text) {
  if (!text) return [];
  return String(text).split('/').map(part => {
    const colon = part.lastIndexOf(':');
    return { name: colon < 0 ? part : part.slice(0, colon), attempt: wholeNumber(part.slice(colon + 1)) || 1 };
  });
}

function reasonOf(span, code) {
  if (span.status !== 'error') return '';
  if (span.statusMessage) return span.statusMessage;
  for (const event of span.events) {
    const type = event.attributes['exception.type'];
    const message = event.attributes['exception.message'];
    if (type !== undefined) return message === undefined ? String(type) : `${type}: ${message}`;
    if (message !== undefined) return String(message);
  }
  const type = span.attributes['error.type'];
  return type === undefined || String(type) === String(code) ? '' : String(type);
}

/**
 * Moves what other machines' clocks say, so that nothing begins before its cause. For the picture only: the raw times
 * stay in the span. One shift for each process, from all calls that came in from processes before it.
 */
function correctClocks(nodes) {
  const arrivals = new Map();
  for (const node of nodes) {
    if (!arrivals.has(node.process)) arrivals.set(node.process, []);
    if (node.parent && node.parent.process !== node.process) arrivals.get(node.process).push(node);
  }
  const shifts = new Map();
  for (const [process, arrived] of arrivals) shifts.set(process, shiftOf(arrived, shifts));
  for (const node of nodes) {
    node.shift = shifts.get(node.process);
    node.start += node.shift;
    node.end += node.shift;
  }
  return [...shifts].filter(([, shift]) => Math.abs(shift) >= 1).map(([process, shift]) => ({ process, shift }));
}

/** Zero where the clocks may agree; else what puts each callee inside the caller that waited for it. */
function shiftOf(arrived, shifts) {
  let least = -Infinity;
  let mostForStart = Infinity;
  let mostForEnd = Infinity;
  for (const node of arrived) {
    const caller = node.parent;
    const known = shifts.get(caller.process);
    if (known === undefined) continue;
    least = Math.max(least, caller.start + known - node.start);
    // Only who got an answer proves that the callee was done; others may have given up long before.
    if (node.span.kind !== 'server' || caller.code === undefined) continue;
    mostForStart = Math.min(mostForStart, caller.end + known - node.start);
    mostForEnd = Math.min(mostForEnd, caller.end + known - node.end);
  }
  if (least <= 0 && mostForStart >= 0) return 0;
  if (Number.isFinite(mostForEnd) && least <= mostForEnd) return (least + mostForEnd) / 2;
  return least > 0 ? least : mostForStart;
}

/**
 * How much of its deadline a call found used up: 0 is none, 1 all. Deadlines at nearly the same moment are one deadline,
 * and the most that anybody had left of it is its whole.
 */
function burnDown(nodes) {
  const wholes = new Map();
  for (const node of nodes) {
    if (node.remaining === null) continue;
    node.deadline = node.start + node.remaining;
    const moment = Math.round(node.deadline / SAME_DEADLINE_MS);
    const known = [moment - 1, moment, moment + 1].map(near => wholes.get(near) ?? 0);
    node.whole = Math.max(...known, node.remaining);
    wholes.set(moment, node.whole);
    node.burnt = node.remaining <= 0 ? 1 : 1 - node.remaining / node.whole;
  }
}

function countBelow(nodes) {
  for (let i = nodes.length - 1; i >= 0; i--) {
    const { parent, spansBelow, findingsBelow, errorsBelow } = nodes[i];
    if (!parent) continue;
    parent.spansBelow += spansBelow + 1;
    parent.errorsBelow += errorsBelow + (nodes[i].failed ? 1 : 0);
    parent.findingsBelow += findingsBelow + (nodes[i].failed || nodes[i].notable ? 1 : 0);
  }
}

/** Each idempotency key with a colour of its own, as long as there are colours. */
function keysOf(nodes) {
  const keys = new Map();
  for (const node of nodes) {
    if (node.key === undefined) continue;
    const key = String(node.key);
    if (!keys.has(key)) keys.set(key, { colour: keys.size % 10, nodes: [] });
    keys.get(key).nodes.push(node);
  }
  return keys;
}

/** Where to look first. */
function inShort(nodes, id) {
  const links = node => node.span.links.some(link => link.traceId !== id);
  return {
    failed: nodes.find(node => node.failed) ?? null,
    linking: nodes.find(links) ?? null,
    linked: new Set(nodes.filter(links).flatMap(node => node.span.links.map(link => link.traceId))).size,
    orphans: nodes.filter(node => node.span.orphan).length,
    cycles: nodes.filter(node => node.span.cycle).length,
  };
}

/** How often each rule said what. */
function sumsOf(nodes) {
  const sums = new Map();
  for (const node of nodes) {
    for (const verdict of node.verdicts) {
      const name = `${verdict.rule}\0${verdict.outcome}`;
      const sum = sums.get(name) ?? { ...verdict, count: 0, first: node };
      sum.count++;
      sums.set(name, sum);
    }
  }
  return [...sums.values()].sort((a, b) => b.count - a.count);
}

/** A number for each node, the same for two that went the same way with all below them. */
function coursesOf(nodes) {
  const numbers = new Map();
  const courses = new Array(nodes.length);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    const outcomes = node.verdicts.map(verdict => verdict.rule + verdict.outcome);
    const below = node.children.map(child => courses[child.index]);
    const course = JSON.stringify(
      [node.service, node.span.name, node.span.kind, node.span.status, node.code, node.why, outcomes, below]);
    if (!numbers.has(course)) numbers.set(course, numbers.size);
    courses[i] = numbers.get(course);
  }
  return courses;
}
