// Android may close the page while the camera takes its photo, or while another app is used. So what
// stands in a form is kept here before that, sealed, with the photos chosen so far. The words are those
// that keep.js keeps in sessionStorage, which Chromium writes to the disk only now and then and which a
// closed browser loses: they are put back there, and keep.js fills the form, so that one module knows how.
import { keyOf, read as readKept, write as writeKept } from "../parts/kept.js";
import { open, openBytes, read, seal, sealBytes, transact } from "./queue.js";
import { known } from "./send.js";
import { shrink } from "./shrink.js";

const LONGEST_MS = 24 * 3600 * 1000;

export function keepDrafts(form) {
  const picker = form.querySelector("input[type=file]");
  const restored = restore(form, picker).catch(() => {});
  let last = restored;
  const save = () => {
    last = last.then(() => write(form, picker)).catch(() => {});
  };
  picker?.addEventListener("click", save);
  picker?.addEventListener("change", save);
  document.addEventListener("visibilitychange", save);
  return last;
}

async function write(form, picker) {
  const kept = readKept(keyOf(form));
  const chosen = [...(picker?.files ?? [])];
  if (known.keys.length === 0 || (!kept && chosen.length === 0)) return;
  const files = [];
  const data = [];
  for (const file of chosen) {
    const { name, type, bytes } = await shrink(file);
    files.push({ name, type });
    data.push(await sealBytes(known.keys, bytes));
  }
  const body = await seal(known.keys, { kept, files });
  // Sent meanwhile: nothing of it may come back.
  if (form.dataset.sent === undefined) {
    await transact("drafts", ({ drafts }) => drafts.put({ key: keyOf(form), at: Date.now(), body, data }));
  }
}

async function restore(form, picker) {
  const draft = await read("drafts", (drafts) => drafts.get(keyOf(form)));
  // A form with errors shows what was typed last.
  if (!draft || Date.now() - draft.at > LONGEST_MS || form.querySelector("[aria-invalid=true], #form-errors")) return;
  const { kept, files } = await open(known.keys, draft.body);
  if (kept && !readKept(keyOf(form))) {
    writeKept(keyOf(form), { ...kept, sent: false });
    form.dispatchEvent(new Event("kept"));
  }
  if (files.length === 0 || picker.files.length > 0) return;
  const contents = await Promise.all(draft.data.map((sealed) => openBytes(known.keys, sealed)));
  const chosen = new DataTransfer();
  for (const [index, { name, type }] of files.entries()) {
    chosen.items.add(new File([contents[index]], name, { type }));
  }
  picker.files = chosen.files;
  picker.dispatchEvent(new Event("change", { bubbles: true }));
}
