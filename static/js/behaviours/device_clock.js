// <input type="hidden" name="device_at" data-device-clock>: the phone's own time (ISO 8601, UTC) of the
// first input into the form, or of the tap where nothing was typed before it; never that of opening
// the page. The form's field sent_at, if it has one, takes the time of sending. The server works out
// from both how wrong the phone's clock is.
// Without script: both stay empty and the server's clock counts.
export function enhance(root) {
  for (const field of root.querySelectorAll("[data-device-clock]")) watch(field);
}

function watch(field) {
  const { form } = field;
  const begin = () => {
    if (!field.value) field.value = new Date().toISOString();
  };
  form.addEventListener("input", begin);
  form.addEventListener("click", ({ target }) => {
    if (target.closest("button")) begin();
  });
  form.addEventListener("submit", () => {
    begin();
    const sentAt = form.elements.sent_at;
    if (sentAt) sentAt.value = new Date().toISOString();
  });
}

enhance(document);
