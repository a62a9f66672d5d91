// What a person has written and the server has not: it is kept on the phone, sealed, and sent one item
// after another by one tab at a time. An item goes only when the server says that it is stored, or when
// its owner throws it away.
//
// IndexedDB "kamtibmas":
// items {id, owner, uuid, after, lane, opens, isPhoto, bytes, at, tries, state, body}, in the order of
//   writing. `after` is the UUID of the item that must be accepted first, `opens` marks the start of a
//   duty. Sealed in `body`: {url, what, fields, shown, files, answer}
// files {id, data}: the sealed photos of the item of this id
// drafts {key, at, body, data}: of forms that are not sent yet
// keys {owner, keys}: of one person at a time
import { deedOf, remember } from "./states.js";
import { waitsForWifi } from "./wifi.js";

const ME = "/accounts/outbox/me/";
const PATIENCE = 60_000; // milliseconds for an answer: a weak signal takes its time
const PATIENCE_PHOTOS = 180_000;
const MOST_HOLDS = 5;
const REFUSED = { 409: "conflict", 422: "refused" };
for (const status of [400, 403, 404, 405, 413]) REFUSED[status] = "refused";

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("kamtibmas", 1);
    request.addEventListener("upgradeneeded", () => {
      const db = request.result;
      db.createObjectStore("items", { keyPath: "id", autoIncrement: true }).createIndex("owner", "owner");
      db.createObjectStore("files", { keyPath: "id" });
      db.createObjectStore("drafts", { keyPath: "key" });
      db.createObjectStore("keys", { keyPath: "owner" });
    });
    request.addEventListener("success", () => {
      const db = request.result;
      db.addEventListener("versionchange", () => db.close());
      resolve(db);
    });
    request.addEventListener("error", () => reject(request.error));
  });
  return opened;
}

async function begin(names, mode) {
  const db = await database();
  return db.transaction(names, mode, { durability: "strict" });
}

// Gives the result of the request that `work` returns for the stores, in the order of their names. Only
// then is everything on the disk.
export async function change(names, work, mode = "readwrite") {
  const transaction = await begin(names, mode).catch(() => {
    // The browser closes the database when it is short of memory.
    opened = undefined;
    return begin(names, mode);
  });
  return new Promise((resolve, reject) => {
    const request = work(...names.map((name) => transaction.objectStore(name)));
    transaction.addEventListener("complete", () => resolve(request?.result));
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

export function read(name, work) {
  return change([name], work, "readonly");
}

// Those of one person. Nobody else's are ever read.
export function rowsOf(owner) {
  return read("items", (items) => items.index("owner").getAll(owner));
}

// All or none, in place of older items and of the draft. Gives the id of the first; the others follow it.
export function add(rows, { instead = 0, draft = "" } = {}) {
  return change(["items", "files", "drafts"], (items, files, drafts) => {
    drafts.delete(draft);
    items.delete(instead);
    files.delete(instead);
    const [first] = rows.map(({ data, ...row }) => {
      const request = items.add(row);
      if (data.length > 0) {
        request.addEventListener("success", () => files.add({ id: request.result, data }));
      }
      return request;
    });
    return first;
  });
}

export function put(...rows) {
  return change(["items"], (items) => {
    for (const row of rows) items.put(row);
  });
}

export function remove(...ids) {
  return change(["items", "files"], (items, files) => {
    for (const id of ids) for (const store of [items, files]) store.delete(id);
  });
}

export async function filesOf(id) {
  return (await read("files", (files) => files.get(id)))?.data ?? [];
}

// AES-GCM under keys that the server makes for each person and the phone forgets at sign-out. It keeps
// the next person in this browser out, but nobody who reads the phone's disk.

let isLeaving = false;

async function keepKeys(owner, texts) {
  const keys = await Promise.all(
    texts.map((text) => {
      const bytes = Uint8Array.from(atob(text), (one) => one.codePointAt(0));
      return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    }),
  );
  if (isLeaving) return keys;
  const store = change(["keys"], (all) => {
    all.clear();
    all.put({ owner, keys });
  });
  // Where the phone is full this page has them all the same.
  await store.catch(() => {});
  return keys;
}

// What still runs in this page does not bring them back.
export function forgetKeys() {
  isLeaving = true;
  return change(["keys"], (keys) => keys.clear());
}

// The newest key seals, each may open.
export async function sealBytes([key], bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

export function openBytes(keys, { iv, data }) {
  return Promise.any(keys.map((key) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));
}

export function seal(keys, value) {
  return sealBytes(keys, new TextEncoder().encode(JSON.stringify(value)));
}

export async function open(keys, sealed) {
  return JSON.parse(new TextDecoder().decode(await openBytes(keys, sealed)));
}

// Whether this browser can keep anything: only pages over HTTPS may.
export const isAble = Boolean(globalThis.indexedDB && crypto.subtle && navigator.locks && AbortSignal.timeout);

// The keys of the person of this page, as soon as there are any.
export const known = { keys: [] };

export function ownerOfPage() {
  return document.body.dataset.person ?? "";
}

export async function findKeys() {
  if (known.keys.length > 0) return;
  const owner = ownerOfPage();
  known.keys = (await read("keys", (keys) => keys.get(owner)))?.keys ?? [];
  if (known.keys.length > 0) return;
  const me = await askMe();
  if (me?.person === owner) known.keys = me.keys;
}

// What the person of this page has written and not sent, in its order; what no key opens is left out.
export async function ownItems() {
  await findKeys();
  const rows = await rowsOf(ownerOfPage());
  const items = rows.map((row) => open(known.keys, row.body).then((body) => ({ ...body, row }), () => null));
  return (await Promise.all(items)).filter(Boolean);
}

// Who is signed in, with the keys and a fresh token. Null where nobody answers; without `person` where
// nobody is signed in.
export async function askMe(patience = PATIENCE) {
  try {
    const signal = AbortSignal.timeout(patience);
    const answer = await fetch(ME, { cache: "no-store", redirect: "error", signal });
    if (answer.status === 401) return {};
    const me = await answer.json();
    const person = String(me.person);
    return answer.ok ? { ...me, person, keys: await keepKeys(person, me.keys) } : null;
  } catch {
    return null;
  }
}

// What the server has said to items that this page has sent, by their ids.
export const answers = new Map();

// Sends all that can go. `wait` waits for another tab that is sending; `photos` sends those, too, that wait
// for Wi-Fi. Gives whether the person has to sign in first.
export function sendAll({ wait = false, photos = !waitsForWifi() } = {}) {
  return navigator.locks.request("outbox", { ifAvailable: !wait }, (lock) => lock && sendEach(photos));
}

async function sendEach(withPhotos) {
  const owner = ownerOfPage();
  const [tried, held] = [new Set(), new Set()];
  let me;
  for (;;) {
    const rows = await rowsOf(owner);
    const uuids = new Set(rows.map(({ uuid }) => uuid));
    const going = rows.filter(
      ({ id, state, lane, after }) => state === "waiting" && !tried.has(id) && !held.has(lane) && !uuids.has(after),
    );
    // First all words, then photos.
    const row = going.find(({ isPhoto }) => !isPhoto) ?? (withPhotos && going[0]);
    if (!row) return false;
    me ??= await askMe();
    if (me?.person !== owner) return me !== null;
    known.keys = me.keys;
    const answer = await send(row, me);
    answers.set(row.id, answer);
    tried.add(row.id);
    dispatchEvent(new Event("outbox"));
    if (answer.status === 401) return true;
    // One that never gets through, such as photos on a weak signal, does not hold up the others for ever.
    if (answer.status === 0 && (row.tries < MOST_HOLDS || !(await askMe()))) return false;
    // Another time; what was written after it in the same duty waits too, for a while.
    if (answer.isLater && row.tries < MOST_HOLDS) held.add(row.lane);
  }
}

async function send(row, me) {
  let body, contents;
  try {
    body = await open(me.keys, row.body);
    contents = await Promise.all((await filesOf(row.id)).map((sealed) => openBytes(me.keys, sealed)));
  } catch {
    return {}; // it stays, and does not hold up the others
  }
  const tried = { ...row, tries: row.tries + 1 };
  // From now on the server may have it: what it says may not change any more under this UUID.
  if ((await settle(row, tried))?.uuid !== row.uuid) return {};
  const answer = await post(body, contents, me);
  const { state, isStored } = answer;
  const deed = isStored && deedOf(body);
  if (deed) await remember([deed.key], deed.state);
  if (isStored) await settle(row);
  else if (state) await settle(row, { ...tried, state, body: await seal(me.keys, { ...body, answer: { ...answer, page: "" } }) });
  return answer;
}

// Notes what has become of an item, without `next` that it is stored. If its owner has thrown it away or
// changed it meanwhile, that stays as it is. Gives what was there.
function settle({ id, uuid }, next) {
  return change(["items", "files"], (items, files) => {
    const found = items.get(id);
    found.addEventListener("success", () => {
      if (found.result?.uuid !== uuid) return;
      if (next) items.put(next);
      else for (const store of [items, files]) store.delete(id);
    });
    return found;
  });
}

// `status` is 0 where nobody answered. Only JSON is ours.
async function post({ url, fields, files }, contents, { person, token }) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  for (const [index, { field, name, type }] of files.entries()) {
    body.append(field, new File([contents[index]], name, { type }));
  }
  body.set("sent_at", new Date().toISOString());
  const headers = { "X-Outbox": person, "X-CSRFToken": token };
  const signal = AbortSignal.timeout(files.length > 0 ? PATIENCE_PHOTOS : PATIENCE);
  try {
    const answer = await fetch(url, { method: "POST", body, headers, redirect: "error", signal });
    const { status } = answer;
    const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
    const said = isOurs ? await answer.json() : {};
    const isStored = isOurs && answer.ok;
    const state = said.ask ? "asks" : REFUSED[status];
    return { ...said, status, isStored, state, isLater: !isStored && !state };
  } catch {
    return { status: 0 };
  }
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
