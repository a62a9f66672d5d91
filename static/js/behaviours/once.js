// <form data-once>: a second tap does not send the form twice.
// The buttons work again when the browser shows the page from its cache (Back).
// Without script: the server recognises what was sent twice by its client_uuid or by its state.
export function enhance(root) {
  for (const form of root.querySelectorAll("form[data-once]")) {
    const setDisabled = (disabled) => {
      for (const button of form.querySelectorAll("button")) button.disabled = disabled;
    };
    // A disabled button does not send its own value: disable it after the form is read.
    form.addEventListener("submit", () => setTimeout(() => setDisabled(true)));
    addEventListener("pageshow", () => setDisabled(false));
  }
}

enhance(document);
