// Sends what is kept, one item after another, by one tab at a time. An item goes only when the server
// says that it is stored. Without a signal everything waits.
import { filesOf, keepKeys, keysOf, open, openBytes, put, read, remove, rowsOf, seal } from "./queue.js";

export const ME = "/accounts/outbox/me/";
const [PATIENCE, PATIENCE_PHOTOS] = [60_000, 180_000]; // milliseconds: a weak signal takes its time
const REFUSED = new Set([400, 403, 404, 405, 413]);
const MOST_HOLDS = 5;

export function ownerOfPage() {
  return document.body.dataset.person ?? "";
}

// Whether this browser can keep anything: only pages over HTTPS may.
export const isAble = Boolean(globalThis.indexedDB && crypto.subtle && navigator.locks && AbortSignal.timeout);

// Who is signed in, with the keys and a fresh token. Null where nobody answers; without `person` where
// nobody is signed in.
export async function askMe(signal) {
  try {
    const answer = await fetch(ME, { cache: "no-store", redirect: "error", signal });
    if (answer.status === 401) return {};
    const me = await answer.json();
    const person = String(me.person);
    return answer.ok ? { ...me, person, keys: await keepKeys(person, me.keys) } : null;
  } catch {
    return null;
  }
}

// The keys of the person of this page, as soon as there are any. Whoever is here sees them there, without
// waiting.
export const known = { keys: [] };

export async function findKeys() {
  if (known.keys.length > 0) return;
  const owner = ownerOfPage();
  known.keys = await keysOf(owner);
  if (known.keys.length > 0) return;
  const me = await askMe(AbortSignal.timeout(PATIENCE));
  if (me?.person === owner) known.keys = me.keys;
}

// What the person of this page has written and not sent, in its order; what no key opens is left out.
export async function ownItems() {
  await findKeys();
  const rows = await rowsOf(ownerOfPage());
  const items = await Promise.all(
    rows.map((row) => open(known.keys, row.body).then((body) => ({ ...body, row }), () => null)),
  );
  return items.filter(Boolean);
}

// Sends all that can go, and gives the answers by the ids of the items. `wait` waits for another tab
// that is sending; `photos` sends those, too, that wait for Wi-Fi.
export function sendAll({ wait = false, photos = false } = {}) {
  return navigator.locks.request("outbox", { ifAvailable: !wait }, (lock) =>
    lock ? sendInOrder(photos || !waitsForWifi()) : new Map(),
  );
}

// Where the browser does not say what the signal is, photos wait to be sent by hand.
export function waitsForWifi() {
  const { type } = navigator.connection ?? {};
  return localStorage.getItem("photos") === "wifi" && type !== "wifi" && type !== "ethernet";
}

async function sendInOrder(withPhotos) {
  const owner = ownerOfPage();
  const answers = new Map();
  const me = await askMe(AbortSignal.timeout(PATIENCE));
  answers.isSignedOut = me !== null && me.person !== owner;
  if (me?.person !== owner) return answers;
  known.keys = me.keys;
  const held = new Set();
  for (;;) {
    const row = nextOf(await rowsOf(owner), { answers, held, withPhotos });
    if (!row) return answers;
    const answer = await send(row, me);
    answers.set(row.id, answer);
    dispatchEvent(new Event("outbox"));
    if (answer.status === 0 || answer.status === 401) return answers;
    // Another time; what was written after it in the same duty waits too, for a while.
    if (answer.isLater && row.tries < MOST_HOLDS) held.add(row.lane);
  }
}

// The oldest that can go: first all words, then photos.
function nextOf(rows, { answers, held, withPhotos }) {
  const waiting = new Set(rows.map(({ uuid }) => uuid));
  const mayGo = (row) =>
    row.state === "waiting" && !answers.has(row.id) && !held.has(row.lane) && !waiting.has(row.after);
  const going = rows.filter((row) => mayGo(row));
  return going.find((row) => !row.isPhoto) ?? (withPhotos ? going[0] : undefined);
}

async function send(row, me) {
  const { keys } = me;
  let body, contents;
  try {
    body = await open(keys, row.body);
    contents = await Promise.all((await filesOf(row.id)).map((sealed) => openBytes(keys, sealed)));
  } catch {
    return {}; // it stays, and does not hold up the others
  }
  const tried = { ...row, tries: row.tries + 1 };
  // From now on the server may have it: what it says may not change any more under this UUID.
  await put(tried);
  const answer = await post(body, contents, me);
  if (answer.isStored) await remove(row.id);
  else if (answer.state) await put({ ...tried, state: answer.state, body: await seal(keys, { ...body, answer }) });
  return answer;
}

// `status` is 0 where nobody answered.
export async function post({ url, fields, files }, contents, { person, token }) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  for (const [index, { field, name, type }] of files.entries()) {
    form.append(field, new File([contents[index]], name, { type }));
  }
  form.set("sent_at", new Date().toISOString());
  const headers = { "X-Outbox": person, "X-CSRFToken": token };
  const signal = AbortSignal.timeout(files.length > 0 ? PATIENCE_PHOTOS : PATIENCE);
  try {
    const answer = await fetch(url, { method: "POST", body: form, headers, redirect: "error", signal });
    return await understand(answer);
  } catch {
    return { status: 0, isLater: true };
  }
}

async function understand(answer) {
  const { status } = answer;
  const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
  const said = isOurs ? await answer.json() : {};
  if (status === 401) return { status };
  if (isOurs && (status === 200 || status === 201)) return { ...said, status, isStored: true };
  if (isOurs && status === 409) return { ...said, status, state: "conflict" };
  if (isOurs && status === 422) return { ...said, status, state: said.ask ? "asks" : "refused" };
  if (REFUSED.has(status)) return { status, state: "refused" };
  return { status, isLater: true };
}

export async function openItem(id) {
  const row = await read("items", (items) => items.get(id));
  return { row, body: await open(known.keys, row.body) };
}

// Once more as it is, when its turn comes. With an answer to what the server asked it keeps its UUID:
// nothing was stored, and what was written stays as it is.
export async function sendAgain(id, name, value) {
  const { row, body } = await openItem(id);
  const fields = body.fields.filter(([other]) => other !== name);
  if (name) fields.push([name, value]);
  await put({ ...row, state: "waiting", body: await seal(known.keys, { ...body, fields, answer: undefined }) });
}
