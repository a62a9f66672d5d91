// <form data-drop-kept>: removes what this tab has kept of forms when it is sent, as at sign-out.
// Without script: nothing is kept.
import { dropAll } from "../parts/kept.js";

export function enhance(root) {
  for (const form of root.querySelectorAll("form[data-drop-kept]")) {
    form.addEventListener("submit", dropAll);
  }
}

enhance(document);
