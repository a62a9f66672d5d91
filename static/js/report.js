// The pages of a citizen. All of them work without; this makes them quicker.

// <a data-exit>: leaves at once and without a way back to this page.
for (const link of document.querySelectorAll("[data-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    for (const form of document.forms) form.reset();
    document.body.hidden = true;
    location.replace(link.href);
  });
}

// The tiles follow what is typed: words begun, and without vowels as in a hurry.
const tiles = document.querySelector("form[data-tiles]");
const field = document.querySelector("input[name=words]");
if (tiles && field) {
  const plain = (text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const bones = (word) => word.replace(/[aiueo]/g, "").replace(/(.)\1+/g, "$1");
  const buttons = [...tiles.querySelectorAll("button[data-words]")].map((button) => ({
    button,
    words: plain(`${button.textContent} ${button.dataset.words}`),
  }));
  const says = (words, typed) =>
    words.some((word) => word.startsWith(typed) || (typed.length > 2 && word.includes(typed))) ||
    (bones(typed).length > 1 && words.some((word) => bones(word).startsWith(bones(typed))));
  field.addEventListener("input", () => {
    const typed = plain(field.value);
    for (const { button, words } of buttons) {
      button.hidden = !typed.every((word) => says(words, word));
    }
    for (const group of tiles.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("button:not([hidden])");
    }
    const none = buttons.every(({ button }) => button.hidden);
    tiles.querySelector("[data-none]").hidden = !none;
    if (none) for (const part of tiles.querySelectorAll("[hidden]:not([data-none])")) part.hidden = false;
  });
}

// The village: names to choose from while typing.
const village = document.querySelector("input[list=areas]");
if (village) {
  const names = document.getElementById("areas");
  let timer;
  let asked = "";
  village.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 300);
  });
  async function look() {
    const typed = village.value.trim();
    if (typed.length < 3 || typed === asked || typed.includes(",")) return;
    asked = typed;
    const body = new FormData();
    body.set("village_name", typed);
    body.set("csrfmiddlewaretoken", village.form.elements.csrfmiddlewaretoken.value);
    try {
      const answer = await fetch(village.dataset.areas, { method: "POST", body });
      if (!answer.ok || asked !== typed) return;
      names.replaceChildren(...(await answer.json()).map((name) => new Option(name, name)));
    } catch {
      // Without a signal the server asks after sending.
    }
  }
}
