// <div id="…" data-refresh="60" data-failed="…">: reads the page again every so many seconds and replaces
// the content of this element. Where that fails, the element's [data-stamp] says data-failed.
// Nothing is read for a hidden page or while the focus is inside the element, so that nothing moves
// under a finger or a reader's cursor.
// Without script: the person reloads the page.
import { fetchPart } from "../parts/page_part.js";

const LOOK_EVERY = 5000; // milliseconds: how soon a page that was hidden or in use catches up

export function enhance(root) {
  for (const board of root.querySelectorAll("[data-refresh]")) keepFresh(board);
}

function keepFresh(board) {
  const period = Number(board.dataset.refresh) * 1000;
  let readAt = Date.now();

  async function refresh() {
    const isRecent = Date.now() - readAt < period;
    if (isRecent || document.hidden || board.contains(document.activeElement)) return;
    readAt = Date.now();
    try {
      const fresh = await fetchPart(board.id);
      board.replaceChildren(...fresh.childNodes);
    } catch {
      board.querySelector("[data-stamp]").textContent = board.dataset.failed;
    }
  }

  setInterval(refresh, LOOK_EVERY);
  document.addEventListener("visibilitychange", refresh);
}

enhance(document);
