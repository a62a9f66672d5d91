// <a data-exit href="…">: leaves at once, empties the forms and leaves no way back to this page, for
// somebody who is being watched.
// Without script: an ordinary link; Back still leads to the page.
export function enhance(root) {
  for (const link of root.querySelectorAll("[data-exit]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (const form of document.forms) form.reset();
      document.body.hidden = true;
      location.replace(link.href);
    });
  }
}

enhance(document);
