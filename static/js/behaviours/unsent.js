// <a data-unsent="{n} not sent yet" data-old="…" hidden>: how many items of this person wait on this phone;
// hidden where there are none. On every page of somebody signed in: it also sends what waits, when the
// page opens, when the signal or the person comes back, and every 30 seconds, and shows what the outbox
// was told about the form before.
// Without script: it stays hidden; nothing waits.
import { findKeys, isAble, ownerOfPage, rowsOf, sendAll } from "../offline/queue.js";
import { noticeOf } from "../parts/notice.js";

const [EVERY, OLD] = [30_000, 24 * 3600 * 1000];

export function enhance(root) {
  const link = root.querySelector("[data-unsent]");
  if (!link) return;
  tellSaid();
  if (!isAble) return;
  const tick = async () => {
    await findKeys();
    if (await count(link)) await sendAll();
  };
  addEventListener("outbox", () => count(link));
  addEventListener("online", tick);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) tick();
  });
  setInterval(tick, EVERY);
  tick();
}

async function count(link) {
  const rows = await rowsOf(ownerOfPage());
  const label = link.dataset.unsent.replace("{n}", rows.length);
  link.hidden = rows.length === 0;
  link.querySelector("[data-n]").textContent = rows.length;
  link.setAttribute("aria-label", label);
  const isOld = rows.some(({ at }) => Date.now() - Date.parse(at) > OLD);
  if (isOld && !document.querySelector("[data-old-notice]")) {
    const notice = noticeOf(link.dataset.old);
    notice.dataset.oldNotice = "";
    document.querySelector("main").prepend(notice);
  }
  return rows.length;
}

// Where a page without script would have shown messages of Django.
function tellSaid() {
  const said = JSON.parse(sessionStorage.getItem("said") ?? "[]");
  sessionStorage.removeItem("said");
  if (said.length === 0) return;
  const place = document.createElement("div");
  place.className = "messages stack";
  place.setAttribute("role", "status");
  document.querySelector("main").prepend(place);
  place.append(...said.map(({ level, text }) => noticeOf(text, level)));
}

enhance(document);
