// <form data-outbox="/next/page/" data-what="Entry" [data-photos-to="/…/photo/"]>: keeps what is sent on this
// phone first, encrypted, and then tries to send it. With a signal the person sees what a plain submit
// shows. Without an answer in time the page goes on to the next page, and the item is sent later. In both
// addresses the UUID of zeros stands for that of the item. With data-photos-to its photos go there,
// each by itself, after the words.
// Without script, or before the person was here with a signal once: the form is sent as it is.
import * as queue from "../offline/queue.js";
import { drop, keyOf } from "../parts/kept.js";
import { deedOf } from "../offline/states.js";
import { keepDrafts } from "../offline/drafts.js";
import { sealPhoto } from "../offline/photos.js";
import { linesOf, noticeOf } from "../parts/notice.js";

const PATIENCE = 6000; // milliseconds, until the page goes on
const plain = new WeakSet();
const busy = new WeakSet();
// The ids of what a form has made and the server has refused: what is sent next stands in its place.
const refused = new WeakMap();
// Stands in addresses for the UUID of the item.
const NO_UUID = "00000000-0000-0000-0000-000000000000";
const TYPED = "input:not([type=hidden], [type=file], [type=password]), textarea, select";

export function enhance(root) {
  if (!queue.isAble || !root.querySelector("form[data-outbox]")) return;
  start(root.querySelectorAll("form[data-outbox][data-keep]:not([data-keep=never])"));
  // Before the other behaviours of the form, which leave alone what was taken.
  root.addEventListener("submit", take, { capture: true });
}

async function start(forms) {
  await queue.findKeys();
  for (const form of forms) keepDrafts(form);
}

async function take(event) {
  const [form, button] = [event.target, event.submitter];
  if (!("outbox" in form.dataset) || plain.has(form) || queue.known.keys.length === 0) return;
  event.preventDefault();
  if (busy.has(form)) return;
  const isInPlace = "inPlace" in form.dataset;
  if (!isInPlace) busy.add(form);
  const item = readForm(form, button);
  const kept = await keep(form, item);
  if (kept) await tryAtOnce(form, { ...kept, next: isInPlace ? "" : item.next });
  else await refuseToKeep(form, button);
  busy.delete(form);
  for (const other of form.querySelectorAll("button")) other.disabled = false;
}

// With its words alone where there is no room for its photos.
async function keep(form, item) {
  const options = { instead: refused.get(form), draft: keyOf(form) };
  const add = async (what) => {
    const rows = await rowsFor(what);
    const id = await queue.add(rows, options);
    return { id, ids: IDBKeyRange.bound(id, id + rows.length - 1) };
  };
  try {
    return await add(item);
  } catch {
    // With a signal the photos are better off in the form.
    if (item.photos.length === 0 || (await whoIsHere())) return;
  }
  try {
    return { ...(await add({ ...item, photos: [] })), lacks: "withoutPhotos" };
  } catch {
    // The phone keeps nothing at all.
  }
}

// The person with a fresh token, if there is a signal.
async function whoIsHere() {
  const me = await queue.askMe(PATIENCE);
  return me?.person === queue.ownerOfPage() && me;
}

// Nothing typed is lost: it stands in the form, which is sent as without script if there is a signal.
async function refuseToKeep(form, button) {
  const me = await whoIsHere();
  if (!me) {
    tell(form, words().full, "danger");
    return;
  }
  // A page that the phone has kept holds no token, and the same UUID each time.
  setField(form, "csrfmiddlewaretoken", me.token);
  setField(form, "client_uuid", crypto.randomUUID());
  plain.add(form);
  if (button) button.disabled = false;
  form.requestSubmit(button);
}

function setField(form, name, value) {
  form.querySelector(`[name=${name}]`)?.remove();
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  form.append(field);
}

function words() {
  return document.querySelector("[data-unsent]").dataset;
}

async function tryAtOnce(form, { id, ids, next, lacks }) {
  queue.answers.delete(id);
  drop(keyOf(form));
  form.dataset.sent = "";
  dispatchEvent(new Event("outbox"));
  const isSignedOut = await Promise.race([queue.sendAll({ wait: true }), pause(PATIENCE)]);
  const { said = [], ...answer } = queue.answers.get(id) ?? (await answerOfOthers(id, next));
  if (lacks) said.push({ level: "warn", text: words()[lacks] });
  if (!next) {
    form.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { ...answer, said } }));
    // The way in.
    if (isSignedOut) location.reload();
  } else if (answer.state) {
    refused.set(form, ids);
    delete form.dataset.sent;
    await showRefusal(form, { ...answer, said }, { id, ids, next });
  } else if (answer.isStored) {
    goTo(answer.to, said);
  } else {
    navigator.storage?.persist?.(); // else a full phone may clear it
    goTo(next, [...said, { level: "warn", text: words().later }]);
  }
}

// Another tab may have sent it.
async function answerOfOthers(id, next) {
  const isWaiting = await queue.read("items", (items) => items.count(id));
  return isWaiting ? {} : { isStored: true, to: next };
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function goTo(address, said) {
  sessionStorage.setItem("said", JSON.stringify(said));
  const { pathname, search } = location;
  location.assign(address);
  // Else only the place within the page would change.
  if (address.startsWith(`${pathname}${search}#`)) location.reload();
}

async function showRefusal(form, { said, errors, ask, page }, item) {
  if (page && !ask && (await showAgain(form, page))) return;
  const lines = linesOf({ said, errors, ask });
  if (!ask) lines.unshift(words().check);
  const notice = tell(form, lines.join("\n"), ask ? "warn" : "danger");
  for (const [name, value, label] of ask?.answers ?? []) {
    const button = document.createElement("button");
    button.className = "btn";
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", async () => {
      notice.remove();
      await queue.sendAgain(item.id, name, value);
      await tryAtOnce(form, item);
    });
    notice.append(button);
  }
}

// The form as the server shows it, with the errors beside their fields. The photos stay chosen.
async function showAgain(form, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = [...page.forms].find(({ dataset }) => dataset.outbox === form.dataset.outbox);
  if (!fresh) return false;
  const pickers = form.querySelectorAll("[type=file]");
  form.replaceChildren(...fresh.childNodes);
  for (const { src } of document.querySelectorAll("script[type=module]")) (await import(src)).enhance?.(form);
  for (const { name, files } of pickers) {
    const picker = form.elements[name];
    picker.files = files;
    picker.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.querySelector("#form-errors, [aria-invalid=true]")?.focus();
  return true;
}

function tell(form, text, css) {
  form.querySelector("[data-told]")?.remove();
  const notice = noticeOf(text, css);
  notice.dataset.told = "";
  notice.tabIndex = -1;
  notice.setAttribute("role", "alert");
  form.prepend(notice);
  notice.focus();
  return notice;
}

// All that has to be read before anything else happens to the form. `next` is the page to go on with.
function readForm(form, button) {
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
async function rowsFor({ uuid, at, url, next, photosTo, what, fields, shown, photos }) {
  const [, lane = "desk"] = /\/duties\/([^/]+)/.exec(next) ?? [];
  const rowOf = async (row, body, files) => ({
    ...row,
    owner: queue.ownerOfPage(),
    lane,
    at,
    tries: 0,
    state: "waiting",
    bytes: files.reduce((sum, { file }) => sum + file.size, 500),
    data: files.map(({ data }) => data),
    body: await queue.seal(queue.known.keys, { what, ...body, files: files.map(({ file }) => file) }),
  });
  const files = [];
  for (const [field, photo] of photos) files.push(await sealPhoto(photo, field));
  const opens = deedOf({ url, fields })?.state === "running";
  const own = { uuid, isPhoto: false, opens, after: opens ? "" : await startOf(lane) };
  if (!photosTo) return [await rowOf(own, { url, fields, shown }, files)];
  const counted = [...fields, ["photo_count", String(files.length)]];
  const rows = files.map((file) => {
    const its = crypto.randomUUID();
    const body = { url: photosTo, fields: [["client_uuid", its], ["device_at", at]], shown: [] };
    return rowOf({ uuid: its, isPhoto: true, after: uuid }, body, [file]);
  });
  return Promise.all([rowOf(own, { url, fields: counted, shown }, []), ...rows]);
}

// The start of the duty, if it waits on this phone: the server refuses what is sent before it.
async function startOf(lane) {
  const rows = await queue.rowsOf(queue.ownerOfPage());
  return rows.findLast((row) => row.opens && row.lane === lane)?.uuid ?? "";
}

enhance(document);
