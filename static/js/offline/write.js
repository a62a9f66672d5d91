// A form becomes one item, and one more for each of its photos where the form says to which address they
// go. An item is a copy of the form as it was sent: what is changed later is another item.
import { seal, sealBytes } from "./queue.js";
import { shrink } from "./shrink.js";

// Stands in addresses for the UUID of the item.
const NO_UUID = "00000000-0000-0000-0000-000000000000";
const TYPED = "input:not([type=hidden], [type=file], [type=password]), textarea, select";

// All that has to be read before anything else happens to the form. `next` is the page to go on with.
export function readForm(form, button) {
  const uuid = crypto.randomUUID();
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  data.delete("csrfmiddlewaretoken");
  data.set("client_uuid", uuid);
  const at = new Date().toISOString();
  data.set("device_at", at);
  for (const { name } of form.querySelectorAll("[data-device-clock]")) data.set(name, at);
  const next = form.dataset.outbox.replace(NO_UUID, uuid);
  const { pathname, search } = new URL(form.action);
  const photos = [...data].filter(([, value]) => value.size > 0);
  for (const name of new Set([...data].filter(([, value]) => value instanceof File).map(([key]) => key))) {
    data.delete(name);
  }
  return {
    uuid,
    at,
    next,
    photos,
    url: pathname + search,
    photosTo: form.dataset.photosTo?.replace(NO_UUID, uuid),
    what: [form.dataset.what, button?.name && button.textContent.trim()].filter(Boolean).join(": "),
    fields: [...data],
    shown: shownIn(form),
  };
}

// What was typed or chosen, with the words that stand beside it.
function shownIn(form) {
  const shown = [];
  for (const field of form.querySelectorAll(TYPED)) {
    const { name, type, value } = field;
    const isTick = type === "checkbox" || type === "radio";
    if (!name || !value || (isTick && !field.checked)) continue;
    const beside = field.labels?.[0]?.firstChild?.textContent.trim() ?? "";
    const label = isTick ? field.closest("fieldset")?.querySelector("legend")?.textContent.trim() : beside;
    const text = isTick ? field.labels[0].textContent.trim() : field.selectedOptions?.[0].text;
    shown.push({ name, label: label ?? "", text: text ?? "", isLong: type === "textarea" });
  }
  return shown;
}

// The rows of an item and of its photos, sealed. `photos` are left out where there is no room for them.
export async function rowsFor(item, { owner, keys, withPhotos = true }) {
  const { uuid, at, next, url, photosTo, what, shown } = item;
  // What is written in a patrol that was begun on this phone waits for it.
  const [, lane] = /\/duties\/([^/]+)/.exec(next) ?? [];
  const begun = lane && lane !== uuid && lane.includes("-") ? lane : "";
  const row = { owner, lane: lane ?? "desk", at, tries: 0, state: "waiting" };
  const photos = [];
  for (const [field, file] of withPhotos ? item.photos : []) {
    const { name, type, size, bytes } = await shrink(file);
    photos.push({ field, name, type, size, data: await sealBytes(keys, bytes) });
  }
  const fields = photosTo ? [...item.fields, ["photo_count", String(photos.length)]] : item.fields;
  const own = photosTo ? [] : photos;
  const body = { url, what, fields, shown, files: own.map((photo) => nameOf(photo)) };
  const rows = [{ ...row, uuid, after: begun, isPhoto: false, ...(await sealAll(keys, body, own)) }];
  for (const photo of photosTo ? photos : []) {
    const photoUuid = crypto.randomUUID();
    const sent = [["client_uuid", photoUuid], ["device_at", at]];
    const itsBody = { url: photosTo, what, fields: sent, shown: [], files: [nameOf(photo)] };
    const sealed = await sealAll(keys, itsBody, [photo]);
    rows.push({ ...row, uuid: photoUuid, after: uuid, isPhoto: true, ...sealed });
  }
  return rows;
}

function nameOf({ field, name, type }) {
  return { field, name, type };
}

async function sealAll(keys, body, photos) {
  let bytes = 500;
  for (const { size } of photos) bytes += size;
  return { bytes, body: await seal(keys, body), data: photos.map(({ data }) => data) };
}
