// <section data-shown-once>: empties itself when the page is left, and asks the server for the page when Back
// leads to it. Some browsers keep a page in memory even if nothing may be kept.
// Without script: the server shows it once, and the browser is told to keep nothing.
export function enhance(root) {
  const place = root.querySelector("[data-shown-once]");
  if (!place) return;
  addEventListener("pagehide", () => place.replaceChildren());
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

enhance(document);
