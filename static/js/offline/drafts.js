// Android may close the page while the camera takes its photo, or another app is used. So what stands in
// a form is kept here before that. The words are those that keep.js has in sessionStorage, which
// Chromium writes to the disk only now and then and which a closed browser loses: they are put back
// there, and keep.js fills the form, so that one module knows how.
import * as queue from "./queue.js";
import { keyOf, read as readKept, write as writeKept } from "../parts/kept.js";
import { sealPhoto } from "./photos.js";

const LONGEST_MS = 24 * 3600 * 1000;

export function keepDrafts(form) {
  let last = restore(form).catch(() => {});
  const save = () => {
    last = last.then(() => writeDraft(form)).catch(() => {});
  };
  for (const name of ["click", "change"]) {
    form.addEventListener(name, ({ target }) => target.type === "file" && save());
  }
  document.addEventListener("visibilitychange", save);
}

function pickerOf(form) {
  return form.querySelector("input[type=file]");
}

async function writeDraft(form) {
  const key = keyOf(form);
  const kept = readKept(key);
  const files = [];
  for (const file of pickerOf(form)?.files ?? []) files.push(await sealPhoto(file));
  // Sent meanwhile: nothing of it may come back.
  if ("sent" in form.dataset || (!kept && files.length === 0)) return;
  const body = await queue.seal(queue.known.keys, { kept, files: files.map(({ file }) => file) });
  const draft = { key, at: Date.now(), body, data: files.map(({ data }) => data) };
  await queue.change(["drafts"], (drafts) => drafts.put(draft));
}

// Whoever wrote them: they are of no use any more.
function dropOld() {
  return queue.change(["drafts"], (drafts) => {
    drafts.openCursor().addEventListener("success", ({ target: { result: cursor } }) => {
      if (cursor && Date.now() - cursor.value.at > LONGEST_MS) cursor.delete();
      cursor?.continue();
    });
  });
}

async function restore(form) {
  await dropOld();
  const key = keyOf(form);
  const draft = await queue.read("drafts", (drafts) => drafts.get(key));
  // A form with errors shows what was typed last.
  if (!draft || form.querySelector("[aria-invalid=true], #form-errors")) return;
  const { kept, files } = await queue.open(queue.known.keys, draft.body);
  if (kept && !readKept(key)) {
    writeKept(key, { ...kept, sent: false });
    form.dispatchEvent(new Event("kept"));
  }
  const picker = pickerOf(form);
  if (files.length === 0 || picker.files.length > 0) return;
  const chosen = new DataTransfer();
  for (const [index, { name, type }] of files.entries()) {
    chosen.items.add(new File([await queue.openBytes(queue.known.keys, draft.data[index])], name, { type }));
  }
  picker.files = chosen.files;
  picker.dispatchEvent(new Event("change", { bubbles: true }));
}
