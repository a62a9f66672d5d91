// <form data-outbox="/next/page/" data-what="Entry" [data-photos-to="/…/photo/"]>: keeps what is sent on this
// phone first, encrypted, and then tries to send it. With a signal the person sees what a plain submit
// shows. Without an answer in time the page goes on to the next page, and the item is sent later. In both
// addresses the UUID of zeros stands for that of the item. With data-photos-to its photos go there,
// each by itself, after the words.
// Without script, or before the person was here with a signal once: the form is sent as it is.
import { add, answers, askMe, findKeys, isAble, known, ownerOfPage, read, sendAgain, sendAll } from "../offline/queue.js";
import { drop, keyOf } from "../parts/kept.js";
import { keepDrafts, readForm, rowsFor } from "../offline/write.js";
import { linesOf, noticeOf } from "../parts/notice.js";

const PATIENCE = 6000; // milliseconds, until the page goes on
const plain = new WeakSet();
const busy = new WeakSet();
// The item that a form has made and the server has refused: what is sent next stands in its place.
const refused = new WeakMap();

export function enhance(root) {
  if (!isAble || !root.querySelector("form[data-outbox]")) return;
  start(root.querySelectorAll("form[data-outbox][data-keep]:not([data-keep=never])"));
  // Before the other behaviours of the form, which leave alone what was taken.
  root.addEventListener("submit", take, { capture: true });
}

async function start(forms) {
  await findKeys();
  for (const form of forms) keepDrafts(form);
}

async function take(event) {
  const [form, button] = [event.target, event.submitter];
  if (!("outbox" in form.dataset) || plain.has(form) || known.keys.length === 0) return;
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
  try {
    return { id: await add(await rowsFor(item), options) };
  } catch {
    // With a signal the photos are better off in the form.
    if (item.photos.length === 0 || (await isHere())) return;
  }
  try {
    return { id: await add(await rowsFor({ ...item, photos: [] }), options), lacks: "withoutPhotos" };
  } catch {
    // The phone keeps nothing at all.
  }
}

async function isHere() {
  return (await askMe(PATIENCE))?.person === ownerOfPage();
}

// Nothing typed is lost: it stands in the form, which is sent as without script if there is a signal.
async function refuseToKeep(form, button) {
  if (!(await isHere())) {
    tell(form, words().full, "danger");
    return;
  }
  plain.add(form);
  if (button) button.disabled = false;
  form.requestSubmit(button);
}

function words() {
  return document.querySelector("[data-unsent]").dataset;
}

async function tryAtOnce(form, { id, next, lacks }) {
  drop(keyOf(form));
  form.dataset.sent = "";
  dispatchEvent(new Event("outbox"));
  const isSignedOut = await Promise.race([sendAll({ wait: true }), pause(PATIENCE)]);
  const { said = [], ...answer } = answers.get(id) ?? (await answerOfOthers(id, next));
  if (lacks) said.push({ level: "warn", text: words()[lacks] });
  if (!next) {
    form.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { ...answer, said } }));
    // The way in.
    if (isSignedOut) location.reload();
  } else if (answer.state) {
    refused.set(form, id);
    delete form.dataset.sent;
    showRefusal(form, { ...answer, said }, { id, next });
  } else if (answer.isStored) {
    goTo(answer.to, said);
  } else {
    goTo(next, [...said, { level: "warn", text: words().later }]);
  }
}

// Another tab may have sent it.
async function answerOfOthers(id, next) {
  const isWaiting = await read("items", (items) => items.count(id));
  return isWaiting ? {} : { isStored: true, to: next };
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function goTo(address, said) {
  sessionStorage.setItem("said", JSON.stringify(said));
  const { hash, href } = new URL(address, location.href);
  location.assign(href);
  // Else only the place within the page would change.
  if (hash && href.split("#")[0] === location.href.split("#")[0]) location.reload();
}

function showRefusal(form, { said, errors, ask }, { id, next }) {
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
      await sendAgain(id, name, value);
      await tryAtOnce(form, { id, next });
    });
    notice.append(button);
  }
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

enhance(document);
