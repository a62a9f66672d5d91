// The page "not sent yet": every item of this person on this phone, what it says, why it waits, and what its
// owner may do with it. The words are in the page's templates.
import * as queue from "../offline/queue.js";
import { CHOICES, discard, handOver, mayChange, mayMove, move, renew } from "./outbox_items.js";
import { linesOf, noticeOf } from "../parts/notice.js";
import { waitsForWifi } from "../offline/wifi.js";

const page = document.getElementById("unsent");
const list = page.querySelector("[data-items]");
const wifi = page.querySelector("[data-wifi]");
let shown = Promise.resolve();

function copyOf(name) {
  return document.getElementById(name).content.firstElementChild.cloneNode(true);
}

function timeOf(moment) {
  const how = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
  return new Date(moment).toLocaleString(document.documentElement.lang, how);
}

async function show() {
  // What is being typed here stays.
  if (list.querySelector("[data-editing], details[open]")) return;
  const items = await queue.ownItems();
  const byUuid = new Map(items.map((item) => [item.row.uuid, item]));
  const isWithin = ({ row }) => row.isPhoto && byUuid.has(row.after);
  let bytes = 0;
  for (const { row } of items) bytes += row.bytes;
  const megabytes = (bytes / 1e6).toFixed(1).replace(".", ",");
  const sum = page.querySelector("[data-sum]");
  const { sum: some, none } = sum.dataset;
  sum.textContent = items.length > 0 ? some.replace("{n}", items.length).replace("{mb}", megabytes) : none;
  page.querySelector("[data-send]").hidden = items.length === 0;
  for (const picture of list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
  const cards = items.filter((item) => !isWithin(item)).map((item) => cardOf(item, { items, byUuid }));
  const fresh = await Promise.all(cards);
  const place = placeOf(document.activeElement);
  list.replaceChildren(...fresh);
  if (place) (list.querySelector(place) ?? sum).focus({ preventScroll: true });
}

// What had the focus, or its card's first button, is found again by this.
function placeOf(element) {
  const card = list.contains(element) && element.closest("[data-id]");
  return card && `[data-id="${card.dataset.id}"] ${element.dataset.act ? `[data-act=${element.dataset.act}]` : "button"}:not([hidden])`;
}

async function cardOf(item, { items, byUuid }) {
  const { row, what, at = row.at, answer = {} } = item;
  const card = copyOf("item");
  card.dataset.state = row.state;
  card.dataset.id = row.id;
  card.querySelector("[data-what]").textContent = what;
  card.querySelector("[data-at]").textContent = timeOf(at);
  const state = stateOf(item, byUuid);
  const isHanging = state === "hangs";
  const word = state === "follows" ? "waiting" : state;
  for (const one of card.querySelectorAll("[data-word]")) one.hidden = one.dataset.word !== word;
  const duty = card.querySelector("[data-duty-of]");
  duty.hidden = row.lane === "desk";
  duty.href = `/patrols/duties/${row.lane}/`;
  card.querySelector("[data-words]").replaceChildren(...wordsOf(item));
  const photos = [item, ...items.filter((other) => other.row.isPhoto && other.row.after === row.uuid)];
  card.querySelector("[data-photos]").replaceChildren(...(await Promise.all(photos.map((photo) => previewsOf(photo)))).flat());
  showAnswer(card, item, answer);
  const place = card.querySelector("[data-move]");
  place.hidden = !mayMove(item, isHanging);
  place.addEventListener("toggle", () => place.open && offerDuties(place, item));
  for (const button of card.querySelectorAll("[data-act]")) {
    const states = button.dataset.states?.split(" ");
    button.hidden = Boolean(states && !states.includes(state)) || !isPossible(button.dataset.act, item);
    button.addEventListener("click", () => ACTS[button.dataset.act](item, card, photos.slice(1)));
  }
  return card;
}

// "follows": once what it belongs to is sent, it goes by itself. "hangs": the server does not take that.
function stateOf({ row }, byUuid) {
  if (row.state !== "waiting") return row.state;
  const first = byUuid.get(row.after);
  if (first) return ["waiting", "follows"].includes(stateOf(first, byUuid)) ? "follows" : "hangs";
  return row.isPhoto && waitsForWifi() ? "wifi" : "waiting";
}

function isPossible(act, { row, url, shown: typed }) {
  // A report may say who reports, or be about the commander: it goes nowhere else.
  if (act === "hand") return !url.startsWith("/reports/");
  return act !== "edit" || (mayChange(row) && typed.some((one) => !one.text));
}

function wordsOf({ shown: typed, fields }) {
  const values = Object.fromEntries(fields);
  return typed
    .filter(({ name, text }) => text || values[name])
    .flatMap(({ name, label, text }) => {
      const [term, words] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = label;
      term.className = "soft";
      words.textContent = text || values[name];
      words.className = "text";
      return [term, words];
    });
}

async function previewsOf({ row, files }) {
  const sealed = files.length > 0 ? await queue.filesOf(row.id) : [];
  return Promise.all(
    sealed.map(async (one, index) => {
      const { name, type } = files[index];
      const link = copyOf("preview");
      link.href = URL.createObjectURL(new Blob([await queue.openBytes(queue.known.keys, one)], { type }));
      link.download = name;
      link.querySelector("img").src = link.href;
      return link;
    }),
  );
}

// The server's words, a question with its answers, or what is stored beside what was written.
function showAnswer(card, item, answer) {
  const { status, ask, stored = [] } = answer;
  const lines = linesOf(answer);
  const place = card.querySelector("[data-answer]");
  if (lines.length === 0 && item.row.state === "refused") {
    lines.push(page.dataset[`refused${status}`] ?? page.dataset.refused);
  }
  place.hidden = lines.length === 0;
  place.querySelector("p").textContent = lines.join("\n");
  for (const [name, value, label] of ask?.answers ?? []) {
    const button = copyOf("answer");
    button.textContent = label;
    button.addEventListener("click", () => queue.sendAgain(item.row.id, name, value).then(sendNow));
    place.after(button);
  }
  const isConflict = item.row.state === "conflict";
  card.querySelector("[data-conflict]").hidden = !isConflict;
  card.querySelector("[data-words]").hidden = isConflict;
  card.querySelector("[data-mine]").textContent = wordsOf(item)
    .map(({ localName, textContent: text }) => text && text + (localName === "dt" ? ": " : "\n"))
    .join("");
  card.querySelector("[data-stored]").textContent = stored.join("\n");
}

async function offerDuties(place, item) {
  const choices = place.querySelector("[data-choices]");
  try {
    const duties = await (await fetch(CHOICES, { redirect: "error" })).json();
    const buttons = duties
      .filter(({ key }) => key !== item.row.lane)
      .map(({ key, name, night }) => {
        const button = copyOf("answer");
        button.textContent = `${name} · ${night}`;
        button.addEventListener("click", () => {
          place.open = false;
          move(item, key).then(goOn);
        });
        return button;
      });
    choices.replaceChildren(...(buttons.length > 0 ? buttons : [choices.dataset.none]));
  } catch {
    choices.textContent = choices.dataset.away;
  }
}

// The words as a form in place of the card's buttons.
function edit(item, card) {
  const form = copyOf("edit");
  const values = Object.fromEntries(item.fields);
  for (const { name, label, text, isLong } of item.shown) {
    if (text) continue;
    const field = copyOf(isLong ? "edit-long" : "edit-short");
    field.querySelector("span").textContent = label;
    const input = field.querySelector("textarea, input");
    input.name = name;
    input.value = values[name] ?? "";
    form.querySelector("[data-fields]").append(field);
  }
  form.dataset.editing = "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const why = await renew(item.row.id, { fields: Object.fromEntries(new FormData(form)) });
    if (why) {
      tell(form, why); // with the words as they were typed
      return;
    }
    form.remove();
    await sendNow();
  });
  form.querySelector("[data-cancel]").addEventListener("click", async () => {
    form.remove();
    await showAgain();
    list.querySelector(`[data-id="${item.row.id}"] [data-act=edit]`)?.focus();
  });
  card.querySelector("[data-buttons]").replaceWith(form);
  form.querySelector("textarea, input").focus();
}

const ACTS = {
  send: ({ row }) => queue.sendAgain(row.id).then(sendNow),
  edit,
  new: ({ row }) => renew(row.id, {}).then(goOn),
  hand: (item, _card, photos) => handOver(item, photos).then(goOn),
  drop: async ({ row }, card) => {
    await discard(row.id);
    card.remove();
    page.querySelector("[data-sum]").focus({ preventScroll: true });
    dispatchEvent(new Event("outbox"));
  },
};

// Says why an item is not changed.
function tell(place, why) {
  place.querySelector("[data-told]")?.remove();
  const notice = noticeOf(page.dataset[why], "danger");
  notice.dataset.told = "";
  notice.setAttribute("role", "alert");
  place.prepend(notice);
}

function goOn(why) {
  if (why) tell(page, why);
  return sendNow();
}

function showAgain() {
  shown = shown.then(show);
  return shown;
}

async function sendNow() {
  dispatchEvent(new Event("outbox"));
  await queue.sendAll({ wait: true, photos: true });
  await showAgain();
}

async function start() {
  await queue.findKeys();
  page.hidden = false;
  wifi.checked = localStorage.getItem("photos") === "wifi";
  wifi.addEventListener("change", () => {
    localStorage.setItem("photos", wifi.checked ? "wifi" : "");
    showAgain();
  });
  page.querySelector("[data-send]").addEventListener("click", sendNow);
  addEventListener("outbox", showAgain);
  await showAgain();
}

if (queue.isAble) await start();
