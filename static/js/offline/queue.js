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
