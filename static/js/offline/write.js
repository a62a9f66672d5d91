// A form as an item, and as a draft before it is sent. Both are sealed.
import { change, known, open, openBytes, ownerOfPage, read, seal, sealBytes } from "./queue.js";
import { keyOf, read as readKept, write as writeKept } from "../parts/kept.js";

// Stands in addresses for the UUID of the item.
const NO_UUID = "00000000-0000-0000-0000-000000000000";
const TYPED = "input:not([type=hidden], [type=file], [type=password]), textarea, select";
const [LONGEST_SIDE, QUALITY] = [1600, 0.75];
const LONGEST_MS = 24 * 3600 * 1000;

// All that has to be read before anything else happens to the form. `next` is the page to go on with.
export function readForm(form, button) {
  const { dataset, action } = form;
  const [uuid, at] = [crypto.randomUUID(), new Date().toISOString()];
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  data.delete("csrfmiddlewaretoken");
  const clocks = [...form.querySelectorAll("[data-device-clock]")].map(({ name }) => name);
  for (const name of ["device_at", ...clocks]) data.set(name, at);
  data.set("client_uuid", uuid);
  const { pathname, search } = new URL(action);
  return {
    uuid,
    at,
    url: pathname + search,
    next: dataset.outbox.replace(NO_UUID, uuid),
    photosTo: dataset.photosTo?.replace(NO_UUID, uuid),
    what: [dataset.what, button?.name && wordsOf(button)].filter(Boolean).join(": "),
    fields: [...data].filter(([, value]) => typeof value === "string"),
    photos: [...data].filter(([, { size }]) => size > 0),
    shown: shownIn(form),
  };
}

// What was typed, and as `text` what was chosen, with the words that stand beside it.
function shownIn(form) {
  return [...form.querySelectorAll(TYPED)].flatMap((field) => {
    const { name, type, value, labels, selectedOptions } = field;
    const isTick = type === "checkbox" || type === "radio";
    const isLong = type === "textarea";
    if (!name || !(isTick ? field.checked : value || isLong)) return [];
    const [label] = [...labels];
    const legend = field.closest("fieldset")?.querySelector("legend");
    if (isTick) return { name, label: wordsOf(legend), text: wordsOf(label) };
    return { name, label: wordsOf(label?.firstChild), text: selectedOptions?.[0].text, isLong };
  });
}

function wordsOf(element) {
  return element?.textContent.trim() ?? "";
}

// The rows of an item, and of its photos where they have an address of their own.
export async function rowsFor({ uuid, at, url, next, photosTo, what, fields, shown, photos }) {
  const [, lane = "desk"] = /\/duties\/([^/]+)/.exec(next) ?? [];
  const rowOf = async (row, body, files) => ({
    ...row,
    owner: ownerOfPage(),
    lane,
    at,
    tries: 0,
    state: "waiting",
    bytes: files.reduce((sum, { file }) => sum + file.size, 500),
    data: files.map(({ data }) => data),
    body: await seal(known.keys, { what, ...body, files: files.map(({ file }) => file) }),
  });
  const files = [];
  for (const [field, photo] of photos) files.push(await sealPhoto(photo, field));
  // What is written in a patrol that was begun on this phone waits for it.
  const own = { uuid, isPhoto: false, after: lane !== uuid && lane.includes("-") ? lane : "" };
  if (!photosTo) return [await rowOf(own, { url, fields, shown }, files)];
  const counted = [...fields, ["photo_count", String(files.length)]];
  const rows = files.map((file) => {
    const its = crypto.randomUUID();
    const body = { url: photosTo, fields: [["client_uuid", its], ["device_at", at]], shown: [] };
    return rowOf({ uuid: its, isPhoto: true, after: uuid }, body, [file]);
  });
  return Promise.all([rowOf(own, { url, fields: counted, shown }, []), ...rows]);
}

// One picture in memory at a time. One that this browser cannot read stays as it is.
async function sealPhoto(photo, field) {
  const small = await shrink(photo).catch(() => photo);
  const { type, size } = small;
  const name = small === photo ? photo.name : photo.name.replace(/\.\w+$/, ".jpg");
  const data = await sealBytes(known.keys, await small.arrayBuffer());
  return { file: { field, name, type, size }, data };
}

async function shrink(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
  return small.size < file.size ? small : file;
}

// Android may close the page while the camera takes its photo, or another app is used. So what stands in
// a form is kept here before that. The words are those that keep.js has in sessionStorage, which
// Chromium writes to the disk only now and then and which a closed browser loses: they are put back
// there, and keep.js fills the form, so that one module knows how.
export function keepDrafts(form) {
  const picker = form.querySelector("input[type=file]");
  let last = restore(form, picker).catch(() => {});
  const save = () => {
    last = last.then(() => writeDraft(form, picker)).catch(() => {});
  };
  picker?.addEventListener("click", save);
  picker?.addEventListener("change", save);
  document.addEventListener("visibilitychange", save);
}

async function writeDraft(form, picker) {
  const key = keyOf(form);
  const kept = readKept(key);
  const files = [];
  for (const file of picker?.files ?? []) files.push(await sealPhoto(file));
  // Sent meanwhile: nothing of it may come back.
  if ("sent" in form.dataset || (!kept && files.length === 0)) return;
  const body = await seal(known.keys, { kept, files: files.map(({ file }) => file) });
  const draft = { key, at: Date.now(), body, data: files.map(({ data }) => data) };
  await change(["drafts"], (drafts) => drafts.put(draft));
}

async function restore(form, picker) {
  const key = keyOf(form);
  const draft = await read("drafts", (drafts) => drafts.get(key));
  // A form with errors shows what was typed last.
  if (!draft || Date.now() - draft.at > LONGEST_MS || form.querySelector("[aria-invalid=true], #form-errors")) return;
  const { kept, files } = await open(known.keys, draft.body);
  if (kept && !readKept(key)) {
    writeKept(key, { ...kept, sent: false });
    form.dispatchEvent(new Event("kept"));
  }
  if (files.length === 0 || picker.files.length > 0) return;
  const chosen = new DataTransfer();
  for (const [index, { name, type }] of files.entries()) {
    chosen.items.add(new File([await openBytes(known.keys, draft.data[index])], name, { type }));
  }
  picker.files = chosen.files;
  picker.dispatchEvent(new Event("change", { bubbles: true }));
}
