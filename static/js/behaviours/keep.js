// <form data-keep>: keeps what is typed in this tab, so that an ended session, a lost signal or the
// way back costs no words. They return when the same person meets the same form again, and go once
// the form is stored. <form data-keep="never"> keeps nothing and removes what was kept before: a
// report of a sealed kind leaves no trace on the phone.
// Without script: nothing is kept; the server shows the words after an ended session.
import { drop, dropStored, keyOf, read, write } from "../parts/kept.js";

const NOT_TYPED = new Set(["hidden", "password", "file", "submit", "button", "reset"]);

export function enhance(root) {
  for (const form of root.querySelectorAll("form[data-keep]")) keepTyped(form);
}

function keepTyped(form) {
  const key = keyOf(form);
  if (form.dataset.keep === "never") {
    drop(key);
    return;
  }
  const kept = read(key);
  if (kept && !form.querySelector("[aria-invalid=true], #form-errors")) {
    write(key, { ...kept, sent: false });
    if (kept.kind !== kindOf(form)) {
      location.replace(`?kind=${encodeURIComponent(kept.kind)}`);
      return;
    }
    putBack(form, kept);
  }
  form.addEventListener("input", () => remember(form, key, false));
  form.addEventListener("submit", () => {
    if (read(key)) remember(form, key, true);
  });
  // The page shown again by Back was not answered.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && read(key)) remember(form, key, false);
  });
}

function remember(form, key, sent) {
  const values = {};
  const written = {};
  for (const control of typedControls(form)) {
    if (["checkbox", "radio"].includes(control.type)) {
      values[control.name] ??= [];
      if (control.checked) values[control.name].push(control.value);
    } else {
      values[control.name] = [control.value];
      written[control.name] = control.defaultValue;
    }
  }
  write(key, { values, written, kind: kindOf(form), sent, page: location.pathname });
}

// A log entry's form asks for other things by its kind, which stands in the address of the page.
function kindOf(form) {
  return form.elements.kind?.type === "hidden" ? form.elements.kind.value : "";
}

// What the server has written into a field since then stays.
function putBack(form, { values, written }) {
  for (const control of typedControls(form)) {
    const kept = values[control.name];
    if (!kept) continue;
    if (["checkbox", "radio"].includes(control.type)) control.checked = kept.includes(control.value);
    else if (control.type.startsWith("select")) [control.value] = kept;
    else if (["", written[control.name]].includes(control.value)) [control.value] = kept;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function typedControls(form) {
  return [...form.elements].filter(({ name, type }) => name && !NOT_TYPED.has(type));
}

dropStored();
enhance(document);
