// <button class="js" type="button" data-reveal="#id" data-shown="Hide password">: shows and hides a password.
// Without script: the button is not shown and the password stays hidden.
export function enhance(root) {
  for (const button of root.querySelectorAll("[data-reveal]")) {
    const field = document.querySelector(button.dataset.reveal);
    const hidden = button.textContent;
    button.addEventListener("click", () => {
      const show = field.type === "password";
      field.type = show ? "text" : "password";
      button.textContent = show ? button.dataset.shown : hidden;
      button.setAttribute("aria-pressed", String(show));
    });
  }
}

enhance(document);
