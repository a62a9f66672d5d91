// The form of a schedule (#schedule-form): #preview, the nights it makes, follows what is typed, and the
// single weekdays, or the days between, show only where they count.
// Without script: a button asks for the preview and all fields show.
import { fetchPart } from "../parts/page_part.js";

const PAUSE = 600; // milliseconds

export function enhance(root) {
  const form = root.querySelector("#schedule-form");
  if (!form) return;
  let timer;
  form.addEventListener("change", () => {
    showWeekdays(form);
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  showWeekdays(form);

  let asked = 0;
  async function look() {
    const body = new FormData(form);
    if (!body.get("start") || !body.get("end")) return;
    body.set("preview", "1");
    asked += 1;
    const mine = asked;
    try {
      const fresh = await fetchPart("preview", { method: "POST", body });
      const shown = document.getElementById("preview");
      if (mine !== asked || shown.contains(document.activeElement)) return;
      shown.replaceChildren(...fresh.childNodes);
    } catch {
      // Without a signal the button is still there.
    }
  }
}

function showWeekdays(form) {
  const boxes = form.querySelectorAll("[name=weekdays]");
  const isShown = form.querySelector("[name=nights][value=some]").checked;
  const field = boxes[0].closest(".field");
  field.hidden = !isShown;
  field.querySelector("legend .soft")?.remove(); // "optional": not while it is seen
  for (const box of boxes) box.disabled = !isShown;
  const step = form.querySelector("[name=every]");
  step.closest(".field").hidden = !form.querySelector("[name=nights][value=step]").checked;
}

enhance(document);
