// <form data-keep="key" data-keep-names="text place">: keeps the named fields in this tab while they
// are typed, so that an ended session or a lost signal costs no words. An empty field "text" is
// filled again on the next visit; where the kept words belong to another ?kind=, that page is opened.
// drop_kept.js removes them.
// Without script: nothing is kept.
export function enhance(root) {
  for (const form of root.querySelectorAll("form[data-keep]")) keepTyped(form);
}

function keepTyped(form) {
  const { keep: key, keepNames } = form.dataset;
  const { elements } = form;
  const names = keepNames.split(" ").filter((name) => elements[name]);
  const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
  if (kept.text && !elements.text.value) {
    if (elements.kind && kept.kind !== elements.kind.value) location.replace(`?kind=${kept.kind}`);
    for (const name of names) elements[name].value = kept[name] ?? "";
  }
  form.addEventListener("input", () => {
    const typed = Object.fromEntries(names.map((name) => [name, elements[name].value]));
    sessionStorage.setItem(key, JSON.stringify(typed));
  });
}

enhance(document);
