// A photo as the phone keeps it: small, and sealed.
import * as queue from "./queue.js";

const [LONGEST_SIDE, QUALITY] = [1600, 0.75];

// One picture in memory at a time. One that this browser cannot read stays as it is.
export async function sealPhoto(photo, field) {
  const small = await shrink(photo).catch(() => photo);
  const { type, size } = small;
  const name = small === photo ? photo.name : photo.name.replace(/\.\w+$/, ".jpg");
  const data = await queue.sealBytes(queue.known.keys, await small.arrayBuffer());
  return { file: { field, name, type, size }, data };
}

async function shrink(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return small.size < file.size ? small : file;
}
