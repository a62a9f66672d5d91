// A notice in the look of the site.
export function noticeOf(text, css = "warn") {
  const notice = document.createElement("div");
  notice.className = `notice ${css}`;
  const words = document.createElement("p");
  words.className = "grow text";
  words.textContent = text;
  notice.append(words);
  return notice;
}

// What the outbox was told, line by line: the words of messages, errors by the label of their field, and
// a question.
export function linesOf({ said = [], errors = {}, ask }) {
  const lines = said.map(({ text }) => text);
  for (const [label, texts] of Object.entries(errors)) {
    for (const text of texts) lines.push(label ? `${label}: ${text}` : text);
  }
  return ask ? [...lines, ask.text] : lines;
}
