// Words that are typed and not stored yet. They stay in this tab, for one person, one form and one
// kind of it, until a page shows that the server has answered the form.
const PREFIX = "kept:";
const LONGEST_MS = 24 * 3600 * 1000;

export function keyOf(form) {
  return `${keyWithoutKind(form)}${kindOf(form)}`;
}

// A log entry's form asks for other things by its kind, which stands in the address of the page.
function kindOf(form) {
  return form.elements.kind?.type === "hidden" ? form.elements.kind.value : "";
}

// The kind of this form whose words were typed last, with their key; undefined where there are none.
export function latestKind(form) {
  const start = keyWithoutKind(form);
  let latest;
  for (const key of keys().filter((name) => name.startsWith(start))) {
    const at = read(key)?.at ?? 0;
    if (at > (latest?.at ?? 0)) latest = { at, key, kind: key.slice(start.length) };
  }
  return latest;
}

function keyWithoutKind(form) {
  const person = document.body.dataset.person ?? "";
  return `${PREFIX}${person}:${new URL(form.action, location.href).pathname}:${form.id}:`;
}

export function read(key) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key));
    if (kept && Date.now() - kept.at < LONGEST_MS) return kept;
  } catch {
    // Written by an older version of this page.
  }
  sessionStorage.removeItem(key);
  return null;
}

export function write(key, kept) {
  try {
    sessionStorage.setItem(key, JSON.stringify({ ...kept, at: Date.now() }));
  } catch {
    // The storage is full or switched off: the form works as without script.
  }
}

export function drop(key) {
  sessionStorage.removeItem(key);
}

export function dropAll() {
  for (const key of keys()) drop(key);
}

// Run on every page. The server has answered a form if its page is the referrer of this one, unless
// this page says that nothing was saved (data-unsaved) or shows the form again with its errors.
export function dropStored() {
  if ("unsaved" in document.body.dataset || !document.referrer) return;
  const from = new URL(document.referrer).pathname;
  const refused = [...document.querySelectorAll("form:has([aria-invalid=true], #form-errors)")];
  for (const key of keys()) {
    const kept = read(key);
    if (!kept?.sent || kept.page !== from) continue;
    if (refused.some((form) => keyOf(form) === key)) write(key, { ...kept, sent: false });
    else drop(key);
  }
}

function keys() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
}
