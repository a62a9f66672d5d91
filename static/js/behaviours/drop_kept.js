// <… data-drop-kept="key">: this page is shown after sending; what keep.js kept under the key is removed.
// Without script: nothing was kept.
export function enhance(root) {
  for (const place of root.querySelectorAll("[data-drop-kept]")) {
    sessionStorage.removeItem(place.dataset.dropKept);
  }
}

enhance(document);
