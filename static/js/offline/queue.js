// The rows that a phone keeps: IndexedDB "kamtibmas". What a person wrote in them is sealed (seal.js).
// items: {id, owner, uuid, after, lane, photos, bytes, at, tries, state, body}, the order of `id` is that
//   of writing. `after` is the UUID of the item that has to be accepted first.
// files: {id, data}, the photos of the item of this id. drafts: {key, at, body, data}.
// keys: {owner, keys}. copies-meta: free keys, of the service worker.
const NAME = "kamtibmas";
let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.addEventListener("upgradeneeded", () => {
      const { result } = request;
      const items = result.createObjectStore("items", { keyPath: "id", autoIncrement: true });
      items.createIndex("owner", "owner");
      result.createObjectStore("files", { keyPath: "id" });
      result.createObjectStore("drafts", { keyPath: "key" });
      result.createObjectStore("keys", { keyPath: "owner" });
      result.createObjectStore("copies-meta");
    });
    request.addEventListener("success", () => {
      const { result } = request;
      const close = () => {
        result.close();
        opened = undefined;
      };
      result.addEventListener("close", close);
      result.addEventListener("versionchange", close);
      resolve(result);
    });
    request.addEventListener("error", () => {
      opened = undefined;
      reject(request.error);
    });
  });
  return opened;
}

// Gives the result of the request that `work` returns for the stores, by their names. Only then is
// everything on the disk.
export async function transact(names, work, mode = "readwrite") {
  let change;
  try {
    change = (await database()).transaction(names, mode, { durability: "strict" });
  } catch (error) {
    // The browser has closed the connection, as when it was short of memory.
    if (error.name !== "InvalidStateError") throw error;
    opened = undefined;
    change = (await database()).transaction(names, mode, { durability: "strict" });
  }
  const stores = Object.fromEntries([names].flat().map((name) => [name, change.objectStore(name)]));
  return new Promise((resolve, reject) => {
    const found = work(stores);
    change.addEventListener("complete", () => resolve(found?.result));
    change.addEventListener("abort", () => reject(change.error));
  });
}

export function read(name, work) {
  return transact(name, (stores) => work(stores[name]), "readonly");
}

// Those of one person, in the order of writing. Nobody else's are ever read.
export function rowsOf(owner) {
  return read("items", (items) => items.index("owner").getAll(owner));
}

// All or none: new rows, each with its `data`, in place of an older one and of the draft. Gives the id of
// the first.
export function add(rows, { instead, draft } = {}) {
  return transact(["items", "files", "drafts"], ({ items, files, drafts }) => {
    const [first] = rows.map(({ data, ...row }) => {
      const request = items.add(row);
      if (data.length > 0) {
        request.addEventListener("success", () => files.add({ id: request.result, data }));
      }
      return request;
    });
    if (instead) for (const store of [items, files]) store.delete(instead);
    if (draft) drafts.delete(draft);
    return first;
  });
}

export function put(...rows) {
  return transact("items", ({ items }) => {
    for (const row of rows) items.put(row);
  });
}

// By a receipt of the server, or by the owner: nothing else may drop an item.
export function remove(id) {
  return transact(["items", "files"], ({ items, files }) => {
    items.delete(id);
    files.delete(id);
  });
}

export async function filesOf(id) {
  return (await read("files", (files) => files.get(id)))?.data ?? [];
}

// What a person wrote is kept encrypted (AES-GCM). The server makes the keys and gives them to nobody
// else; the phone forgets them at sign-out. It keeps the next person in this browser out, and does not
// keep out somebody who reads the phone's disk.

// The newest first; none where the person has not been here with a signal since signing in.
export async function keysOf(owner) {
  return (await read("keys", (keys) => keys.get(owner)))?.keys ?? [];
}

let isLeaving = false;

// Of this person alone: whoever was here before is gone.
export async function keepKeys(owner, texts) {
  const keys = await Promise.all(
    texts.map((text) => {
      const bytes = Uint8Array.from(atob(text), (one) => one.codePointAt(0));
      return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    }),
  );
  if (isLeaving) return keys;
  try {
    await transact("keys", (stores) => {
      stores.keys.clear();
      stores.keys.put({ owner, keys });
    });
  } catch {
    // The phone is full: this page has them all the same.
  }
  return keys;
}

// What still runs in this page does not bring them back.
export function forgetKeys() {
  isLeaving = true;
  return transact("keys", ({ keys }) => keys.clear());
}

export async function sealBytes([newest], bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, newest, bytes) };
}

export async function openBytes(keys, { iv, data }) {
  for (const key of keys) {
    try {
      return await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
    } catch {
      // Sealed with another one.
    }
  }
  throw new Error("No key opens it");
}

export function seal(keys, value) {
  return sealBytes(keys, new TextEncoder().encode(JSON.stringify(value)));
}

export async function open(keys, sealed) {
  return JSON.parse(new TextDecoder().decode(await openBytes(keys, sealed)));
}
