// Asks serve for chains. What has not changed is not sent again.

const TOKEN = 'weir.token';

export class NotAllowed extends Error {}
export class NotHere extends Error {}

export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/** `#token=…` in the address is kept for this tab and taken out of the address, so that it is not copied along. */
export function takeTokenFromAddress() {
  const given = /^#token=([^&]+)/.exec(location.hash);
  if (given) {
    keepToken(decodeURIComponent(given[1]));
    history.replaceState(null, '', '#/');
  }
}

/** The JSON and its version, or null where `version` is still the newest. */
async function get(path, version) {
  const headers = {};
  const token = sessionStorage.getItem(TOKEN);
  if (token) headers.Authorization = `Bearer ${token}`;
  if (version) headers['If-None-Match'] = version;
  const reply = await fetch(path, { headers, cache: 'no-store' });
  if (reply.status === 304) return null;
  if (reply.status === 401) throw new NotAllowed('serve wants its token');
  const body = await reply.json();
  if (reply.status === 404) throw new NotHere(body.error);
  if (!reply.ok) throw new Error(body.error);
  return { version: reply.headers.get('ETag'), body };
}

export function chains(filter, version) {
  const query = new URLSearchParams({ limit: '1000', ...filter });
  return get(`/api/traces?${query}`, version);
}

export function chain(id, version) {
  return get(`/api/traces/${encodeURIComponent(id)}`, version);
}

export async function withKey(key) {
  return (await get(`/api/keys/${encodeURIComponent(key)}`)).body.spans;
}
