// <form data-outbox="/next/page/" data-what="Entry" [data-photos-to="/…/photo/"]>: keeps what is sent on this
// phone first, encrypted, and then tries to send it. With a signal the person sees what a plain submit
// shows. Without an answer in time the page goes on to the next page, and the item is sent later. In both
// addresses the UUID of zeros stands for that of the item. With data-photos-to its photos go there,
// each by itself, after the words.
// Without script, or before the person was here with a signal once: the form is sent as it is.
import { askMe, findKeys, isAble, known, ownerOfPage, sendAgain, sendAll } from "../offline/send.js";
import { readForm, rowsFor } from "../offline/write.js";
import { add } from "../offline/queue.js";
import { drop, keyOf } from "../parts/kept.js";
import { keepDrafts } from "../offline/drafts.js";
import { noticeOf } from "../parts/notice.js";

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
  if (form.dataset.outbox === undefined || plain.has(form) || known.keys.length === 0) return;
  event.preventDefault();
  if (busy.has(form)) return;
  const isInPlace = "inPlace" in form.dataset;
  if (!isInPlace) busy.add(form);
  const item = readForm(form, button);
  const { id, without } = await keep(form, item);
  if (id === undefined) await refuseToKeep(form, button);
  else await tryAtOnce(form, { id, next: isInPlace ? undefined : item.next, without });
  busy.delete(form);
  for (const other of form.querySelectorAll("button")) other.disabled = false;
}

// The id of the item; with its words alone where there is no room for its photos; none where the phone
// keeps nothing.
async function keep(form, item) {
  const how = { owner: ownerOfPage(), keys: known.keys };
  const options = { instead: refused.get(form), draft: keyOf(form) };
  try {
    return { id: await add(await rowsFor(item, how), options) };
  } catch {
    const me = await askMe(AbortSignal.timeout(PATIENCE));
    // With a signal the photos are better off in the form.
    if (item.photos.length === 0 || me?.person) return {};
  }
  try {
    return { id: await add(await rowsFor(item, { ...how, withPhotos: false }), options), without: true };
  } catch {
    return {};
  }
}

// Nothing typed is lost: it stands in the form, which is sent as without script if there is a signal.
async function refuseToKeep(form, button) {
  const me = await askMe(AbortSignal.timeout(PATIENCE));
  if (me?.person !== ownerOfPage()) {
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

async function tryAtOnce(form, { id, next, without }) {
  drop(keyOf(form));
  form.dataset.sent = "";
  dispatchEvent(new Event("outbox"));
  const answers = await Promise.race([sendAll({ wait: true }), pause(PATIENCE)]);
  const answer = answers?.get(id) ?? {};
  const said = answer.said ?? [];
  if (without) said.push({ level: "warn", text: words().withoutPhotos });
  if (!next) {
    form.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { ...answer, said } }));
    // The way in.
    if (answers?.isSignedOut) location.reload();
  } else if (answer.state) {
    refused.set(form, id);
    delete form.dataset.sent;
    showRefusal(form, answer, { id, next });
  } else if (answer.isStored) {
    goTo(answer.to, said);
  } else {
    goTo(next, [...said, { level: "warn", text: words().later }]);
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function goTo(address, said) {
  sessionStorage.setItem("said", JSON.stringify(said));
  const { pathname, search, href } = new URL(address, location.href);
  if (pathname + search === location.pathname + location.search) {
    // Else only the place within the page would change.
    history.replaceState(history.state, "", href);
    location.reload();
  } else {
    location.assign(href);
  }
}

function showRefusal(form, answer, { id, next }) {
  const lines = (answer.said ?? []).map(({ text }) => text);
  for (const [label, errors] of Object.entries(answer.errors ?? {})) {
    lines.push(...errors.map((error) => (label ? `${label}: ${error}` : error)));
  }
  if (answer.ask) lines.push(answer.ask.text);
  else lines.unshift(words().check);
  const notice = tell(form, lines.join("\n"), answer.ask ? "warn" : "danger");
  for (const [name, value, label] of answer.ask?.answers ?? []) {
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
