// The schedule form: the nights it makes follow what is typed; single nights only where they count.
const form = document.getElementById("schedule-form");
const single = form.querySelectorAll("[name=weekdays]");
let timer;
let asked = 0;

function showSingle() {
  const some = form.querySelector("[name=nights][value=some]").checked;
  const field = single[0].closest(".field");
  field.hidden = !some;
  field.querySelector("legend .soft")?.remove(); // "optional": not while it is seen
  for (const box of single) box.disabled = !some;
}

async function look() {
  const data = new FormData(form);
  if (!data.get("start") || !data.get("end")) return;
  data.set("preview", "1");
  const mine = ++asked;
  try {
    const answer = await fetch(location.href, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("preview");
    const old = document.getElementById("preview");
    if (mine !== asked || !answer.ok || !fresh || old.contains(document.activeElement)) return;
    old.replaceChildren(...fresh.childNodes);
  } catch {
    // Without a signal the button is still there.
  }
}

form.addEventListener("change", () => {
  showSingle();
  clearTimeout(timer);
  timer = setTimeout(look, 600);
});
showSingle();
