// <form data-exit="https://…" method="post">: leaves at once for that address, for somebody who is being
// watched. Nothing typed stays in the fields or in this tab, Back does not lead to this page, and the
// server ends the session while the other page comes.
// Of what the browser stores for this site only the words of forms go: the rest may be somebody else's.
// Without script: the form is sent, and the answer leads there; Back leads to a page without the words.
import { dropAll } from "../parts/kept.js";

export function enhance(root) {
  for (const form of root.querySelectorAll("form[data-exit]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const body = new FormData(form);
      empty();
      fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
      location.replace(form.dataset.exit);
    });
  }
}

function empty() {
  document.body.hidden = true;
  document.title = "";
  // Not reset(), which puts back what the server had written into a refused form.
  for (const field of document.querySelectorAll("input:not([type=hidden]), textarea")) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = false;
    else field.value = "";
  }
  dropAll();
}

enhance(document);
