// <input type="file" data-photo-size="#id" data-text="{n} photos, {mb} MB">: says in the element how many photos
// are chosen and how many megabytes would be sent.
// Without script: nothing is said.
export function enhance(root) {
  for (const field of root.querySelectorAll("input[type=file][data-photo-size]")) {
    field.addEventListener("change", () => {
      document.querySelector(field.dataset.photoSize).textContent = describe(field);
    });
  }
}

function describe({ files, dataset }) {
  if (files.length === 0) return "";
  let bytes = 0;
  for (const file of files) bytes += file.size;
  const megabytes = (bytes / 1e6).toFixed(1).replace(".", ",");
  return dataset.text.replace("{n}", files.length).replace("{mb}", megabytes);
}

enhance(document);
