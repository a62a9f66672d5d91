// <input type="hidden" name="device_at" data-device-clock>: the phone's own time (ISO 8601, UTC) when the
// form was opened; the form's field sent_at, if it has one, takes the time of sending. The server
// works out from both how wrong the phone's clock is.
// Without script: both stay empty and the server's clock counts.
export function enhance(root) {
  for (const field of root.querySelectorAll("[data-device-clock]")) {
    if (!field.value) field.value = new Date().toISOString();
    field.form.addEventListener("submit", () => {
      const sentAt = field.form.elements.sent_at;
      if (sentAt) sentAt.value = new Date().toISOString();
    });
  }
}

enhance(document);
