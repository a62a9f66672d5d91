// <form data-tiles> with <button data-words="synonyms"> in [data-group] and a note [data-none]: shows the
// buttons whose label or synonyms match what is typed in the page's field "words". Words match by
// their beginning, in the middle from three letters on, or without vowels as typed in a hurry
// ("mtr"). Where nothing matches, all buttons and the note are shown.
// Without script: the search button asks the server.
export function enhance(root) {
  const field = root.querySelector("input[name=words]");
  const form = root.querySelector("form[data-tiles]");
  if (!field || !form) return;
  const tiles = [...form.querySelectorAll("button[data-words]")].map((button) => ({
    button,
    words: wordsOf(`${button.textContent} ${button.dataset.words}`),
  }));
  field.addEventListener("input", () => showMatches(form, tiles, wordsOf(field.value)));
}

function showMatches(form, tiles, typed) {
  for (const { button, words } of tiles) {
    button.hidden = !typed.every((part) => matches(words, part));
  }
  for (const group of form.querySelectorAll("[data-group]")) {
    group.hidden = !group.querySelector("button:not([hidden])");
  }
  const none = tiles.every(({ button }) => button.hidden);
  form.querySelector("[data-none]").hidden = !none;
  if (!none) return;
  for (const part of form.querySelectorAll("[hidden]:not([data-none])")) part.hidden = false;
}

function matches(words, typed) {
  const consonants = withoutVowels(typed);
  return words.some(
    (word) =>
      word.startsWith(typed) ||
      (typed.length > 2 && word.includes(typed)) ||
      (consonants.length > 1 && withoutVowels(word).startsWith(consonants)),
  );
}

function wordsOf(text) {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function withoutVowels(word) {
  return word.replaceAll(/[aiueo]/g, "").replaceAll(/(.)\1+/g, "$1");
}

enhance(document);
