// <button class="js" data-print>: opens the browser's print dialog.
// Without script: the button is not shown; the browser's own menu prints.
export function enhance(root) {
  for (const button of root.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => print());
  }
}

enhance(document);
