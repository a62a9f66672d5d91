// What the owner of an item does with it after the server has refused it or asked something.
import { open, seal } from "./seal.js";
import { put, read } from "./queue.js";
import { known } from "./send.js";

async function opened(id) {
  const row = await read("items", (items) => items.get(id));
  return { row, body: await open(known.keys, row.body) };
}

// Under the same UUID: nothing was stored, and what was written stays as it is.
export async function answerAsk(id, name, value) {
  const { row, body } = await opened(id);
  const fields = [...body.fields.filter(([other]) => other !== name), [name, value]];
  const sealed = await seal(known.keys, { ...body, fields, answer: undefined });
  await put({ ...row, state: "waiting", body: sealed });
}
