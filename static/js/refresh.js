// The board of a night, read again every minute while somebody looks at it.
const board = document.querySelector("[data-refresh]");
const every = board ? Number(board.dataset.refresh) * 1000 : 0;
let read = Date.now();

async function refresh() {
  // Nothing moves under a finger or a reader's cursor, and nothing is read for a hidden page.
  if (document.hidden || board.contains(document.activeElement) || Date.now() - read < every) return;
  read = Date.now();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(board.id);
    if (!answer.ok || !fresh) throw new Error(answer.status);
    board.replaceChildren(...fresh.childNodes);
  } catch {
    board.querySelector("[data-stamp]").textContent = board.dataset.failed;
  }
}

if (board) {
  setInterval(refresh, 5000);
  document.addEventListener("visibilitychange", refresh);
}
