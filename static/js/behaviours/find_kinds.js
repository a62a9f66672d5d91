// <form data-find-kinds="/url"> with a field "words", and <div data-found>: shows in it, while somebody
// types, what the button Search would show. Asks the server from three letters on, 300 ms after the
// last one; an answer to what is no longer typed is ignored. Whoever comes Back finds neither words nor
// kinds: they tell what happened here, and some browsers keep a page in memory even if nothing may be kept.
// Without script or signal: the button asks.
import { fetchPage } from "../parts/page_part.js";

const PAUSE = 300; // milliseconds
const SHORTEST = 3;

export function enhance(root) {
  const form = root.querySelector("form[data-find-kinds]");
  const place = root.querySelector("[data-found]");
  if (form && place) findKinds(form, place);
}

function findKinds(form, place) {
  const field = form.elements.words;
  let timer;
  let asked = field.value.trim();

  async function look() {
    const typed = field.value.trim();
    if (typed === asked) return;
    asked = typed;
    const found = typed.length < SHORTEST ? [] : await fetchFound(form);
    if (asked === typed) place.replaceChildren(...found);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    field.value = asked = "";
    place.replaceChildren();
  });
}

async function fetchFound(form) {
  try {
    const { page, ok } = await fetchPage(form.dataset.findKinds, { method: "POST", body: new FormData(form) });
    return ok ? [...page.body.children].map((part) => document.adoptNode(part)) : [];
  } catch {
    return [];
  }
}

enhance(document);
