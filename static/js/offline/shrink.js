// Photos as they are kept and sent: 1600 px at most, some 300 kB. A picture that this browser cannot read
// stays as it is.
const [LONGEST, QUALITY] = [1600, 0.75];

export async function shrink(file) {
  const small = await smaller(file).catch(() => null);
  const isSmaller = small && small.size < file.size;
  const { type, size } = isSmaller ? small : file;
  const name = isSmaller ? file.name.replace(/\.\w+$/, ".jpg") : file.name;
  return { name, type, size, bytes: await (isSmaller ? small : file).arrayBuffer() };
}

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
}
