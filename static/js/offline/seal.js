// What a person wrote is kept encrypted (AES-GCM). The server makes the keys and gives them to nobody
// else; the phone forgets them at sign-out. It keeps the next person in this browser out, and does not
// keep out somebody who reads the phone's disk.
import { read, transact } from "./queue.js";

// The newest first; none where the person has not been here with a signal since signing in.
export async function keysOf(owner) {
  return (await read("keys", (keys) => keys.get(owner)))?.keys ?? [];
}

// Of this person alone: whoever was here before is gone.
export async function keepKeys(owner, texts) {
  const keys = await Promise.all(
    texts.map((text) => {
      const bytes = Uint8Array.from(atob(text), (one) => one.codePointAt(0));
      return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    }),
  );
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

export function forgetKeys() {
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
