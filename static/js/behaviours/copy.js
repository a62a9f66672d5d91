// <button class="js" data-copy="#id" data-done="Copied">: copies the value of a field, or the text of
// an element, and says so.
// Without script: the button is not shown; the text can be selected.
import { say } from "../parts/say.js";

export function enhance(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await copyText(document.querySelector(button.dataset.copy));
      say(button, button.dataset.done);
    });
  }
}

async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
  } catch {
    // Plain HTTP has no clipboard: select a field, so that the person can copy.
    if (source.select) source.select();
    document.execCommand("copy");
  }
}

enhance(document);
