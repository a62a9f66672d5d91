// <a data-text-link="#id" href="https://wa.me/?text=…">: the link carries what is typed in the field.
// Without script: it carries the text as the server wrote it.
export function enhance(root) {
  for (const link of root.querySelectorAll("[data-text-link]")) {
    const field = document.querySelector(link.dataset.textLink);
    field.addEventListener("input", () => {
      link.href = link.href.replace(/text=.*/, `text=${encodeURIComponent(field.value)}`);
    });
  }
}

enhance(document);
