// What has become of a duty on this phone: planned, running, ended. It lies beside the copies of the
// pages, and goes with them.
const ORDER = ["planned", "running", "ended"];
const PLACE = "/patrols/copies/states/";

// The state that a sent form leads to, with the keys of the duty; undefined for other forms.
export function deedOf({ url, fields }) {
  const [, key, deed] = /\/duties\/([^/]+)\/(start|end)\/$/.exec(url) ?? [];
  if (deed) return { key, state: deed === "start" ? "running" : "ended" };
  const isBegin = url.endsWith("/duties/begin/");
  return isBegin ? { key: new Map(fields).get("client_uuid"), state: "running" } : undefined;
}

async function kept() {
  if (!globalThis.caches || !(await caches.has("night"))) return {};
  const answer = await (await caches.open("night")).match(PLACE);
  return answer ? answer.json() : {};
}

// Of the states that are known for these keys the last one.
export async function stateOf(keys, base) {
  const states = await kept();
  return latest([base, ...keys.map((key) => states[key])]);
}

export function latest(states) {
  return ORDER[Math.max(...states.map((state) => ORDER.indexOf(state)))];
}

export async function remember(keys, state) {
  if (!globalThis.caches || !(await caches.has("night"))) return;
  const states = await kept();
  for (const key of keys) states[key] = state;
  await (await caches.open("night")).put(PLACE, Response.json(states));
}
