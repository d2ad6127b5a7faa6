// Numbers and times as a person reads them.

export function duration(ms) {
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms === 0) return '0';
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1).replace(/\.0$/, '') : Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function count(n, one, many = `${one}s`) {
  return `${number(n)} ${n === 1 ? one : many}`;
}

export function number(n) {
  return Number.isInteger(n) ? n.toLocaleString('en-GB') : n.toFixed(1).replace(/\.0$/, '');
}

export function nanos(text) {
  return Number(BigInt(text) / 1000n) / 1000;
}

/** The local time of day; with the date unless it is today's. */
export function clock(epochNanos, withMillis = false) {
  const time = new Date(Number(BigInt(epochNanos) / 1_000_000n));
  if (Number.isNaN(time.getTime())) return 'at no time';
  const two = n => String(n).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} `;
  const hour = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return (time.toDateString() === new Date().toDateString() ? '' : day) + hour
    + (withMillis ? `.${String(time.getMilliseconds()).padStart(3, '0')}` : '');
}

/** Text in which nothing can hide or turn the line around: control and direction characters become visible. */
export function plain(text) {
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    c => c === '\n' || c === '\t' ? ' ' : `\\u{${c.charCodeAt(0).toString(16)}}`);
}

export function short(text, most) {
  const safe = plain(text);
  return safe.length > most ? `${safe.slice(0, most)}…` : safe;
}
