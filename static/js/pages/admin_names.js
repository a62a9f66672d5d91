// Every page of the admin: names for screen readers that the stock admin leaves out. Its search boxes
// (select2) take the name of their field, the cells of a table of rows the name of their column.
const UNNAMED =
  "#content :is(select, .tabular td :is(input, textarea)):not([type=hidden])";

export function nameControls() {
  for (const control of document.querySelectorAll(UNNAMED)) {
    const name = nameOf(control);
    if (!name) continue;
    name.id ||= `name_of_${control.id}`;
    if (name.localName !== "label") control.setAttribute("aria-labelledby", name.id);
    const box = control.nextElementSibling;
    if (box?.classList.contains("select2")) nameSearchBox(box, name);
  }
  for (const cell of document.querySelectorAll("th:empty")) cell.setAttribute("role", "none");
}

function nameOf(control) {
  const label = document.querySelector(`label[for="${control.id}"]`);
  if (label) return label;
  const column = control.closest("td")?.className.match(/\bfield-(\S+)/);
  return column && control.closest("table").querySelector(`th.column-${column[1]}`);
}

function nameSearchBox(box, name) {
  for (const part of box.querySelectorAll("[role=combobox], [role=textbox], input")) {
    part.setAttribute("aria-labelledby", name.id);
  }
  for (const list of box.querySelectorAll("ul")) list.setAttribute("role", "none");
}

// select2 builds its boxes some time after the page is ready, and again for every row that is added.
let isPlanned = false;
new MutationObserver(() => {
  if (isPlanned) return;
  isPlanned = true;
  setTimeout(() => {
    isPlanned = false;
    nameControls();
  });
}).observe(document.body, { childList: true, subtree: true });
nameControls();

// The box that opens has a search field of its own.
document.addEventListener("focusin", ({ target }) => {
  if (!target.matches(".select2-dropdown input")) return;
  const open = document.querySelector(".select2-container--open [role=combobox]");
  if (open) target.setAttribute("aria-labelledby", open.getAttribute("aria-labelledby"));
});
