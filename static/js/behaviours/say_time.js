// <input type="date" data-say-time> or type="time": says below the field in words what was chosen,
// «Sabtu, 28 Nov 2026» or «22.45 WIB», because a phone set to English shows 11/28/2026 and 10:45 PM.
// A time beside its date (in one .grid) says both: «Sabtu 28 Nov, 22.45 WIB».
// <body data-zone="WIB">: the zone of the person's unit, in which staff write times.
// Without script: only the device's own way of writing it.
export function enhance(root) {
  for (const field of root.querySelectorAll("[data-say-time]")) {
    const words = document.createElement("output");
    words.className = "help num";
    if (field.id) words.htmlFor = field.id;
    field.after(words);
    const say = () => (words.textContent = inWords(field));
    // Kept words are put back by a change of the whole form (keep.js).
    for (const event of ["input", "change"]) (field.form ?? field).addEventListener(event, say);
    say();
  }
}

function inWords(field) {
  if (!field.value) return "";
  if (field.type === "date") return dayOf(field, { year: "numeric" });
  if (field.type !== "time") return "";
  const date = field.closest(".grid")?.querySelector("input[type=date][data-say-time]");
  const day = date?.value ? dayOf(date, {}).replace(", ", " ") : "";
  const time = `${field.value.slice(0, 5).replace(":", ".")} ${document.body.dataset.zone ?? ""}`.trim();
  return day ? `${day}, ${time}` : time;
}

// A browser without a calendar of its own leaves typed words as they are.
function dayOf({ value }, more) {
  const day = new Date(`${value}T00:00`);
  if (Number.isNaN(day.getTime())) return "";
  const parts = { weekday: "long", day: "numeric", month: "short", ...more };
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, parts).format(day);
}

enhance(document);
