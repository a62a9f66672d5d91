// <input type="date" data-say-time> or type="time": says below the field in words what was chosen,
// «Sabtu, 28 Nov 2026» or «22.45», because a phone set to English shows 11/28/2026 and 10:45 PM.
// Without script: only the device's own way of writing it.
export function enhance(root) {
  for (const field of root.querySelectorAll("[data-say-time]")) {
    const words = document.createElement("output");
    words.className = "help num";
    if (field.id) words.htmlFor = field.id;
    field.after(words);
    const say = () => (words.textContent = inWords(field));
    field.addEventListener("input", say);
    // Kept words are put back by a change of the whole form (keep.js).
    (field.form ?? field).addEventListener("change", say);
    say();
  }
}

function inWords({ type, value }) {
  if (!value) return "";
  if (type === "time") return value.slice(0, 5).replace(":", ".");
  const day = new Date(`${value}T00:00`);
  // A browser without a calendar of its own leaves typed words as they are.
  if (type !== "date" || Number.isNaN(day.getTime())) return "";
  const parts = { weekday: "long", day: "numeric", month: "short", year: "numeric" };
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, parts).format(day);
}

enhance(document);
