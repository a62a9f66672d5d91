// <ol data-duty="/patrols/duties/12/ …" data-state="planned" hidden> with a <template> of one line: lists
// what waits on this phone for the log of this duty, under its addresses, the newest first as the log. In
// a page that the phone keeps (base.html: data-is-copy) the parts with data-when show what fits the state
// that the duty has reached here, and [data-stay] while the person is at a checkpoint. The page of the
// server is left for the kept one while a start or an end waits.
// <p data-duty="/patrols/duties/12/" data-waiting="{n} not sent yet" hidden>: says how many of this duty wait on
// this phone, on the kept page that ends it.
// <ul data-duty="begun" hidden> with a <template>: links to the patrols begun here that the server does not know.
// Without script: only what the server knows is shown.
import { deedOf, latest, remember, stateOf } from "../offline/states.js";
import { ownItems } from "../offline/queue.js";

export function enhance(root) {
  const list = root.querySelector("[data-duty]");
  if (!list) return;
  const show = async () => {
    const all = await ownItems().catch(() => []);
    const items = all.filter(({ row }) => !row.isPhoto);
    if (list.dataset.duty === "begun") showBegun(list, items);
    else await showDuty(root, list, items);
  };
  show();
  addEventListener("outbox", show);
}

async function showDuty(root, log, items) {
  const keys = log.dataset.duty.split(" ").map((address) => /([^/]+)\/$/.exec(address)[1]);
  const own = items.filter(({ row }) => keys.includes(row.lane));
  const { state: base } = log.dataset;
  const isCopy = root.querySelector("[data-is-copy]") !== null;
  const going = own.filter(({ row }) => row.state === "waiting");
  const deeds = going.map((item) => deedOf(item)?.state).filter(Boolean);
  // A duty that was cancelled may come back as it was.
  const isCancelled = base === "cancelled";
  if (!isCopy && !isCancelled) await remember(keys, base);
  const state = latest([await stateOf(keys, base), ...deeds]);
  const isAsked = new URLSearchParams(location.search).has("copy");
  if (isCopy && isAsked && deeds.length === 0) location.replace(location.pathname);
  if (isCopy) showParts(root, state, going);
  else if (state !== base && !isAsked && !isCancelled) await leaveForCopy();
  if (log.dataset.waiting) {
    sayHowMany(log, own.length);
    return;
  }
  // All of it has arrived: the log of the server has it now.
  if (isCopy && own.length === 0 && !log.hidden) location.reload();
  const name = root.querySelector("h1").textContent.trim();
  fillIn(log, own.toReversed(), (line, { what, row, fields }) => {
    line.querySelector("b").textContent = what.replace(` · ${name}`, "");
    const words = line.querySelector(".text");
    words.textContent = new Map(fields).get("text") ?? "";
    words.hidden = words.textContent === "";
    for (const mark of line.querySelectorAll("[data-state]")) {
      mark.hidden = (mark.dataset.state === "waiting") !== (row.state === "waiting");
    }
    const time = line.querySelector("time");
    time.dateTime = row.at;
    time.textContent = new Date(row.at).toLocaleTimeString("id", { hour: "2-digit", minute: "2-digit" });
  });
}

function showParts(root, state, going) {
  for (const part of root.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(state);
  }
  const stay = root.querySelector("[data-stay]");
  const last = going.findLast(({ url }) => /\/(check-in|leave)\/$/.test(url));
  if (stay && last) stay.hidden = last.url.endsWith("/leave/");
}

async function leaveForCopy() {
  const isKept = await globalThis.caches?.match(location.pathname, { cacheName: "night" });
  if (isKept) location.replace("?copy");
}

function sayHowMany(line, n) {
  line.textContent = line.dataset.waiting.replace("{n}", n);
  line.hidden = n === 0;
}

function showBegun(list, items) {
  const begun = items.filter(({ url }) => url.endsWith("/duties/begin/"));
  fillIn(list, begun, (line, { what, row }) => {
    line.querySelector("a").href = `/patrols/duties/${row.uuid}/`;
    line.querySelector("b").textContent = what;
  });
}

function fillIn(list, items, write) {
  const template = list.querySelector("template");
  const lines = items.map((item) => {
    const line = template.content.firstElementChild.cloneNode(true);
    write(line, item);
    return line;
  });
  list.replaceChildren(template, ...lines);
  list.hidden = lines.length === 0;
}

enhance(document);
