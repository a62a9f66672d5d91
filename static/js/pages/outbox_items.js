// What the owner of an item that was refused, or never sent, does with it.
import { add, change, filesOf, known, openItem, ownerOfPage, read, remove, rowsOf, seal } from "../offline/queue.js";

function sealed(row, body) {
  return seal(known.keys, body).then((box) => ({ ...row, body: box }));
}

// What may be changed: the server has refused it, or it was never sent.
export function mayChange({ state, tries }) {
  return state !== "waiting" || tries === 0;
}

// Why an item may not be changed any more: "gone" where it was sent or thrown away since the page has shown
// it, "going" where the server may have it by now. Original and change would be two.
function whyNot(fresh, uuid) {
  if (!fresh) return "gone";
  return fresh.uuid === uuid && mayChange(fresh) ? "" : "going";
}

// Writes `rows` in place of the item, asked in the same transaction whether it may be changed.
async function replace({ id, uuid }, rows) {
  let why;
  await change(["items"], (items) => {
    items.get(id).addEventListener("success", ({ target }) => {
      why = whyNot(target.result, uuid);
      if (!why) for (const row of rows) items.put(row);
    });
  });
  return why;
}

// Makes another item of it, which says something else: `moved` may give lane and after. Its photos follow it.
// The beginning of a patrol keeps its UUID, which is the address of what hangs on it. Gives why not, if so.
export async function renew(id, { fields = {}, url, ...moved }) {
  if (!(await read("items", (items) => items.get(id)))) return "gone";
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
  const renewed = sealed({ ...row, ...moved, uuid, tries: 0, state: "waiting" }, itsBody);
  return replace(row, await Promise.all([renewed, ...photos]));
}

// Duties of which a log may take what another does not, and where what no log takes goes.
export const CHOICES = "/patrols/duties/choices/";
const NOTES = "/patrols/late-notes/add/";
const DUTY = /(?<=\/duties\/)[^/]+/;

export function mayMove({ row, url }, isHanging) {
  const isStuck = row.state === "refused" || isHanging;
  return isStuck && mayChange(row) && /\/duties\/[^/]+\/(entries\/add|nil|check-in)\/$/.test(url);
}

export function move({ row, url }, key) {
  return renew(row.id, { url: url.replace(DUTY, key), lane: key, after: "" });
}

// To the commander: its words, and its photos with them. Gives why not, as `renew`.
export async function handOver({ row, what, shown, fields, files }, photos) {
  const why = whyNot(await read("items", (items) => items.get(row.id)), row.uuid);
  if (why) return why;
  const values = Object.fromEntries(fields);
  const uuid = crypto.randomUUID();
  const words = shown.map(({ name, text }) => text || values[name]).filter(Boolean);
  const note = {
    client_uuid: uuid,
    device_at: values.device_at ?? row.at,
    duty: row.lane,
    kind: values.kind ?? "",
    text: words.join("\n") || what,
  };
  const all = [{ row, files }, ...photos];
  const data = await Promise.all(all.map((one) => filesOf(one.row.id)));
  const body = { url: NOTES, what, shown: [], fields: Object.entries(note), files: all.flatMap((one) => one.files) };
  const { id, ...kept } = row;
  const bytes = all.reduce((sum, one) => sum + one.row.bytes, 0);
  const fresh = { ...kept, uuid, bytes, lane: "desk", after: "", isPhoto: false, tries: 0, state: "waiting" };
  await add([{ ...(await sealed(fresh, body)), data: data.flat() }], { instead: id });
  await remove(...photos.map((one) => one.row.id));
}

// With its photos, which have no place without it.
export async function discard(id) {
  const rows = await rowsOf(ownerOfPage());
  const { uuid } = rows.find((row) => row.id === id);
  const photos = rows.filter((row) => row.isPhoto && row.after === uuid);
  await remove(id, ...photos.map((photo) => photo.id));
}
