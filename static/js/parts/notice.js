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
