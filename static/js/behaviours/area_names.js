// <input list="…" data-area-names="/url">: offers names of villages in its datalist while one types. Asks the
// server from three letters on, at most every 300 ms; an answer to what is no longer typed is
// ignored. A name that was chosen contains a comma and asks nothing. Names that the page itself
// offers stay, in front.
// Without script or signal: the server asks back after sending.
const PAUSE = 300; // milliseconds

export function enhance(root) {
  for (const field of root.querySelectorAll("input[data-area-names]")) offerNames(field);
}

function offerNames(field) {
  const own = [...field.list.options].map(({ value }) => value);
  let timer;
  let asked = "";

  async function look() {
    const typed = field.value.trim();
    if (typed.length < 3 || typed === asked || typed.includes(",")) return;
    asked = typed;
    try {
      const names = new Set([...own, ...(await fetchNames(field, typed))]);
      if (asked === typed) field.list.replaceChildren(...[...names].map((name) => new Option(name, name)));
    } catch {
      // Without a signal the server asks after sending.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
}

async function fetchNames(field, typed) {
  const body = new FormData();
  body.set("village_name", typed);
  body.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(field.dataset.areaNames, { method: "POST", body });
  if (!answer.ok) throw new Error(`${field.dataset.areaNames}: ${answer.status}`);
  return answer.json();
}

enhance(document);
