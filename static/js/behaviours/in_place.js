// <form data-in-place="row-12 counts" data-failed="…">: sends the form without leaving the page and
// replaces the elements of these ids by those of the page that answers. What that page says on top
// (.messages) is read out; a refusal is shown beside the form, too. The focus returns to the same
// button. Taps are sent one after the other. Without a signal, data-failed says so. Where another
// page answers (the session ended), the form is sent as without script.
// With data-outbox (outbox.js) a tap counts at once: its button is pressed, and the text of data-unsent-mark
// stands beside the form until the server has it. data-presses="#roll form" names forms whose first
// button is pressed with it where none is.
// Without script: the form is sent, and the page answers.
import { fetchPage } from "../parts/page_part.js";
import { linesOf, noticeOf } from "../parts/notice.js";
import { ownItems } from "../offline/queue.js";

const PATIENCE = 20_000; // milliseconds
const plain = new WeakSet();
let said;
let last = Promise.resolve();

export function enhance(root) {
  if (!root.querySelector("form[data-in-place]")) return;
  said ??= statusLine();
  // On the root, so that forms count that replace others.
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.inPlace || plain.has(form) || event.defaultPrevented) return;
    event.preventDefault();
    form.setAttribute("aria-busy", "true");
    last = last.then(() => send(form.action, event.submitter));
  });
  if (!root.querySelector("form[data-in-place][data-outbox]")) return;
  addEventListener("outbox", showNext);
  root.addEventListener("answered", ({ target, detail }) => {
    last = last.then(() => tell(target, detail));
  });
  showNext();
}

function showNext() {
  last = last.then(showUnsent);
}

function statusLine() {
  const line = document.createElement("p");
  line.className = "sr";
  line.setAttribute("role", "status");
  document.body.append(line);
  return line;
}

// The form and its button are looked up again: the tap before has replaced them.
async function send(action, tapped) {
  const form = formOf(action);
  if (!form) return;
  const button = sameButton(form, tapped);
  const answer = await post(form, button);
  const ids = form.dataset.inPlace.split(" ");
  if (!answer) {
    form.removeAttribute("aria-busy");
    said.textContent = form.dataset.failed;
    showBeside(form, noticeOf(form.dataset.failed));
  } else if (answer.ok && ids.every((id) => answer.page.getElementById(id))) {
    const place = show(answer.page, ids, tapped);
    const messages = answer.page.querySelector(".messages");
    said.textContent = messages?.textContent.replaceAll(/\s+/g, " ").trim() ?? "";
    if (!messages?.querySelector(".danger, .warn")) return;
    messages.removeAttribute("role");
    showBeside(formOf(action) ?? place, messages);
  } else {
    plain.add(form);
    form.requestSubmit(button);
  }
}

// Null where there is no signal.
async function post(form, button) {
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  const signal = AbortSignal.timeout?.(PATIENCE);
  try {
    return await fetchPage(form.action, { method: "POST", body, signal });
  } catch {
    return null;
  }
}

// Gives a place for what is to be said where the form has gone.
function show(page, ids, tapped = document.activeElement) {
  const action = tapped?.form?.action;
  const parts = ids.map((id) => document.getElementById(id));
  const hadFocus = parts.some((part) => part?.contains(document.activeElement));
  const fresh = ids.map((id) => page.getElementById(id));
  for (const [number, part] of parts.entries()) part?.replaceWith(document.adoptNode(fresh[number]));
  if (hadFocus) {
    const form = formOf(action);
    const again = form && sameButton(form, tapped);
    (again ?? fresh[0].querySelector("button, summary"))?.focus({ preventScroll: true });
  }
  return fresh[0].firstElementChild;
}

// What waits on this phone, and once the server has it, what it says now.
async function showUnsent() {
  const items = await ownItems();
  const waiting = new Map(items.filter(({ row }) => row.state === "waiting").map((item) => [item.url, item]));
  const itemOf = (form) => waiting.get(new URL(form.action).pathname);
  const marked = [...document.querySelectorAll("[data-in-place]:has(+ [data-mark])")];
  const ids = new Set(marked.filter((form) => !itemOf(form)).flatMap(({ dataset }) => dataset.inPlace.split(" ")));
  if (ids.size > 0) await refresh([...ids]);
  for (const form of document.querySelectorAll("[data-in-place][data-outbox]")) {
    const item = itemOf(form);
    if (item) press(form, item);
  }
}

async function refresh(ids) {
  const { page } = await fetchPage(location.href).catch(() => ({}));
  if (page && ids.every((id) => page.getElementById(id))) show(page, ids);
}

function press(form, { fields }) {
  const isOf = ({ name, value }) => fields.some((field) => field[0] === name && field[1] === value);
  for (const button of form.querySelectorAll("[aria-pressed]")) button.ariaPressed = String(isOf(button));
  for (const other of document.querySelectorAll(form.dataset.presses || "_")) {
    if (!other.querySelector("[aria-pressed=true]")) other.querySelector("button").ariaPressed = "true";
  }
  if (form.nextElementSibling?.dataset.mark !== undefined) return;
  const mark = document.createElement("small");
  mark.className = "soft";
  mark.dataset.mark = "";
  mark.textContent = form.dataset.unsentMark;
  form.after(mark);
}

// What the outbox was told.
function tell({ action, dataset }, answer) {
  said.textContent = linesOf(answer).join(" ");
  const isGood = answer.isStored && answer.said.every(({ level }) => level === "good");
  if (!isGood && said.textContent) {
    showBeside(formOf(action) ?? placeIn(dataset), noticeOf(said.textContent));
  }
}

function placeIn({ inPlace }) {
  return document.getElementById(inPlace.split(" ")[0])?.firstElementChild;
}

function formOf(action) {
  const forms = [...document.querySelectorAll("form[data-in-place]")];
  return forms.find((form) => form.action === action);
}

function sameButton(form, tapped) {
  const buttons = [...form.querySelectorAll("button")];
  return buttons.find(({ name, value }) => name === tapped?.name && value === tapped.value);
}

function showBeside(place, notice) {
  place?.parentElement.querySelector(":scope > [data-beside]")?.remove();
  notice.dataset.beside = "";
  place?.before(notice);
}

enhance(document);
