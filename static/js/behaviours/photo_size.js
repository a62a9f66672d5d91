// <input type="file" data-photo-size="#id" data-text="{n} photos, {mb} MB" data-most data-too-many
// data-too-large data-wrong-kind>: says in the element how many megabytes would be sent, and before
// sending what the server would refuse: too many photos, one that is too large, another kind of file.
// Without script: the server says it after sending.
const LARGEST = 12 * 1024 * 1024;

export function enhance(root) {
  for (const field of root.querySelectorAll("input[type=file][data-photo-size]")) {
    field.addEventListener("change", () => {
      const refused = whyRefused(field);
      field.setCustomValidity(refused);
      document.querySelector(field.dataset.photoSize).textContent = refused || describe(field);
    });
  }
}

function whyRefused({ files, accept, dataset }) {
  const chosen = [...files];
  if (chosen.length > Number(dataset.most || Infinity)) return dataset.tooMany;
  // A file without a type may still be a photo: the server looks inside.
  if (chosen.some(({ type }) => type && !accept.split(",").includes(type))) return dataset.wrongKind;
  if (chosen.some(({ size }) => size > LARGEST)) return dataset.tooLarge;
  return "";
}

function describe({ files, dataset }) {
  if (files.length === 0) return "";
  let bytes = 0;
  for (const file of files) bytes += file.size;
  const megabytes = (bytes / 1e6).toFixed(1).replace(".", ",");
  return dataset.text.replace("{n}", files.length).replace("{mb}", megabytes);
}

enhance(document);
