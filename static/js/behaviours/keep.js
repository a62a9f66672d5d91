// <form data-keep>: keeps what is typed in this tab, so that an ended session, a lost signal or the
// way back costs no words. They return when the same person meets the same form again, and go once
// the form is stored. A form with a hidden field "kind" keeps the words of each kind apart; where the
// address names no kind, as after signing in again, it leads to the kind that was typed last.
// <form data-keep="never"> keeps nothing and removes what was kept before: a report of a sealed kind
// leaves no trace on the phone.
// Words return together with the hidden fields `seen` and `client_uuid` that they were typed against.
// So the server still tells what somebody else has changed in the row since then, and recognises words
// that it has stored though its answer was lost.
// A line over the form says that words have returned, with a button that throws them away; its words
// are in the body's data-returned and data-throw-away.
// Without script: nothing is kept; the server shows the words after an ended session.
import { drop, dropStored, keyOf, latestKind, read, write } from "../parts/kept.js";

const STAMPS = ["seen", "client_uuid"];
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
  const isRefused = form.querySelector("[aria-invalid=true], #form-errors") !== null;
  if (kept && !isRefused) {
    write(key, { ...kept, sent: false });
    putBack(form, kept);
    sayReturned(form, key);
  } else if (!kept && !isRefused && goToLatestKind(form)) {
    return;
  }
  // A refused form shows what was typed; what the server had written stands in what was kept.
  const written = isRefused && kept ? kept.written : valuesIn(form, "default");
  const remember = (sent) => {
    const [values, stamps] = [valuesIn(form), stampsIn(form)];
    write(key, { values, written, stamps, sent, page: location.pathname });
  };
  form.addEventListener("input", () => remember(false));
  // offline/drafts.js has found words that this tab had lost.
  form.addEventListener("kept", () => {
    putBack(form, read(key));
    sayReturned(form, key);
  });
  form.addEventListener("submit", () => {
    if (!read(key)) return;
    remember(true);
    // Else Back shows stored words again, with a new UUID: sent again, they would be stored twice.
    form.autocomplete = "off";
  });
  // The page shown again by Back was not answered.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && read(key)) remember(false);
  });
}

// A page that answers a sent form has no kind in its address either, but words in its fields.
function goToLatestKind(form) {
  if (new URLSearchParams(location.search).has("kind") || holdsWords(form)) return false;
  const latest = latestKind(form);
  if (!latest?.kind) return false;
  // This page has not answered them, though it is the referrer of the next.
  write(latest.key, { ...read(latest.key), sent: false });
  location.replace(`?kind=${encodeURIComponent(latest.kind)}`);
  return true;
}

function holdsWords(form) {
  return typedControls(form).some(({ type, value }) => !["checkbox", "radio"].includes(type) && value);
}

// Lists of values by the names of the fields: as they are now, or as the server has written them.
function valuesIn(form, which = "now") {
  const byServer = which === "default";
  const values = {};
  for (const control of typedControls(form)) {
    values[control.name] ??= [];
    if (["checkbox", "radio"].includes(control.type)) {
      if (byServer ? control.defaultChecked : control.checked) values[control.name].push(control.value);
    } else if (control.type.startsWith("select")) {
      const chosen = [...control.options].filter((one) => (byServer ? one.defaultSelected : one.selected));
      values[control.name].push(...chosen.map(({ value }) => value));
    } else {
      values[control.name].push(byServer ? control.defaultValue : control.value);
    }
  }
  return values;
}

function stampsIn(form) {
  const stamps = STAMPS.map((name) => [name, form.elements[name]?.value]);
  return Object.fromEntries(stamps.filter(([, value]) => value));
}

// What the server has written into a field since then stays. A form with `seen` gets all that was
// changed in it, and nothing else: sent, it is compared with what is stored by then.
function putBack(form, { values, written, stamps = {} }) {
  for (const [name, value] of Object.entries(stamps)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  const isCompared = Boolean(stamps.seen && form.elements.seen);
  const isChanged = (name) => JSON.stringify(values[name]) !== JSON.stringify(written[name]);
  for (const control of typedControls(form)) {
    const kept = values[control.name];
    if (!kept || (isCompared && !isChanged(control.name))) continue;
    if (["checkbox", "radio"].includes(control.type)) control.checked = kept.includes(control.value);
    else if (control.type.startsWith("select")) [control.value] = kept;
    else if (isCompared || ["", written[control.name]].flat().includes(control.value)) [control.value] = kept;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function sayReturned(form, key) {
  const { returned, throwAway } = document.body.dataset;
  const isAsWritten = JSON.stringify(valuesIn(form)) === JSON.stringify(valuesIn(form, "default"));
  if (!returned || isAsWritten || form.querySelector("[data-words-returned]")) return;
  const [line, words, button] = ["div", "span", "button"].map((tag) => document.createElement(tag));
  line.className = "notice no-print";
  line.dataset.wordsReturned = "";
  line.setAttribute("role", "status");
  words.className = "text";
  words.textContent = returned;
  button.className = "btn small";
  button.type = "button";
  button.textContent = throwAway;
  button.addEventListener("click", () => {
    drop(key);
    form.reset();
    location.reload();
  });
  line.append(words, button);
  form.prepend(line);
}

function typedControls(form) {
  return [...form.elements].filter(({ name, type }) => name && !NOT_TYPED.has(type));
}

dropStored();
enhance(document);
