// <form data-in-place="row-12 counts" data-failed="…">: sends the form without leaving the page and
// replaces the elements of these ids by those of the page that answers. What that page says on top
// (.messages) is read out; a refusal is shown beside the form, too. The focus returns to the same
// button. Taps are sent one after the other. Without a signal, data-failed says so. Where another
// page answers (the session ended), the form is sent as without script.
// Without script: the form is sent, and the page answers.
import { fetchPage } from "../parts/page_part.js";

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
    show(answer.page, ids, action, tapped);
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

function show(page, ids, action, tapped) {
  const parts = ids.map((id) => document.getElementById(id));
  const hadFocus = parts.some((part) => part?.contains(document.activeElement));
  const fresh = ids.map((id) => page.getElementById(id));
  for (const [number, part] of parts.entries()) part?.replaceWith(document.adoptNode(fresh[number]));
  const form = formOf(action);
  if (hadFocus) {
    const again = form && sameButton(form, tapped);
    (again ?? fresh[0].querySelector("button, summary"))?.focus({ preventScroll: true });
  }
  const messages = page.querySelector(".messages");
  said.textContent = messages?.textContent.replaceAll(/\s+/g, " ").trim() ?? "";
  if (!messages?.querySelector(".danger, .warn")) return;
  messages.removeAttribute("role");
  showBeside(form ?? fresh[0].firstElementChild, messages);
}

function formOf(action) {
  const forms = [...document.querySelectorAll("form[data-in-place]")];
  return forms.find((form) => form.action === action);
}

function sameButton(form, tapped) {
  const buttons = [...form.querySelectorAll("button")];
  return buttons.find(({ name, value }) => name === tapped?.name && value === tapped.value);
}

function noticeOf(text) {
  const notice = document.createElement("p");
  notice.className = "notice warn";
  notice.textContent = text;
  return notice;
}

function showBeside(place, notice) {
  place?.parentElement.querySelector(":scope > [data-beside]")?.remove();
  notice.dataset.beside = "";
  place?.before(notice);
}

enhance(document);
