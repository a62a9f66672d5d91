// What the owner of an item that was refused, or never sent, does with it.
import { known, openItem, ownerOfPage, put, remove, rowsOf, seal } from "../offline/queue.js";

function sealed(row, body) {
  return seal(known.keys, body).then((box) => ({ ...row, body: box }));
}

// What may be changed: the server has refused it, or it was never sent.
export function mayChange({ state, tries }) {
  return state !== "waiting" || tries === 0;
}

// Makes another item of it, which says something else: `change` may give fields, url, lane and after. Its
// photos follow it. The beginning of a patrol keeps its UUID, which is the address of what hangs on it.
export async function renew(id, { fields = {}, url, ...change }) {
  const { row, body } = await openItem(id);
  const uuid = row.uuid === row.lane ? row.uuid : crypto.randomUUID();
  const changed = { ...fields, client_uuid: uuid };
  const kept = body.fields.filter(([name]) => !(name in changed));
  const shown = body.shown.map((one) => (one.name in fields && one.text ? { ...one, text: fields[one.name] } : one));
  const itsBody = {
    ...body,
    ...(url && { url }),
    shown,
    fields: [...kept, ...Object.entries(changed)],
    answer: undefined,
  };
  const others = (await rowsOf(row.owner)).filter(({ after, isPhoto }) => isPhoto && after === row.uuid);
  const photos = others.map(async (photo) => {
    const { body: its } = await openItem(photo.id);
    return sealed({ ...photo, after: uuid }, { ...its, url: its.url.replace(row.uuid, uuid) });
  });
  const renewed = sealed({ ...row, ...change, uuid, tries: 0, state: "waiting" }, itsBody);
  await put(...(await Promise.all([renewed, ...photos])));
}

// With its photos, which have no place without it.
export async function discard(id) {
  const rows = await rowsOf(ownerOfPage());
  const { uuid } = rows.find((row) => row.id === id);
  const photos = rows.filter((row) => row.isPhoto && row.after === uuid);
  await remove(id, ...photos.map((photo) => photo.id));
}
