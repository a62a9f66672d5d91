// The service worker. The server writes PLACES before it: addresses of this site.
// It keeps copies of one person's own night (cache "night") and the files of their pages ("files"), and
// shows them where the network is away or slow. It sends nothing.
const { PLACES } = self;
const PATIENCE = 3000; // milliseconds, where there is a copy
const KEPT = 86_400_000; // 24 hours
const HASHED = /\.[0-9a-f]{12}\./;
const KEY = /(?<=\/duties\/)(\d+|[0-9a-f-]{36})(?=\/)/;
let work = Promise.resolve();
let forgotten = 0;

addEventListener("message", (event) => {
  const { person, takeOver } = event.data;
  if (takeOver) self.skipWaiting();
  else event.waitUntil(keepNight(person).then((state) => event.ports[0].postMessage(state)));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isField = pathname === "/" || PLACES.field.some((start) => pathname.startsWith(start));
  if (origin !== location.origin) return;
  if (request.method === "POST") {
    if (pathname === PLACES.signOut) event.respondWith(signOut(request));
    if (pathname === PLACES.signIn) event.respondWith(signIn(request));
  } else if (request.method === "GET") {
    if (pathname.startsWith("/static/")) event.respondWith(file(request));
    else if (request.mode === "navigate" && isField) event.respondWith(page(request));
  }
});

function night() {
  return caches.open("night");
}

async function forget() {
  forgotten += 1;
  for (const name of await caches.keys()) await caches.delete(name);
}

// Whose copies there are, what they lack, when that was true.
async function look() {
  const found = await caches.match(PLACES.list, { cacheName: "night" });
  const state = found ? await found.json() : {};
  if (Date.now() - state.at < KEPT) return state;
  await forget();
  return {};
}

// Until the answer comes another page may keep copies again.
async function signOut(request) {
  await forget();
  const answer = await fetch(request).catch(() => {});
  await forget();
  await self.registration.unregister();
  return answer ?? Response.error();
}

// Until the list says who has signed in, nobody sees a copy: a page may be of the person before.
async function signIn(request) {
  const answer = await fetch(request);
  if (answer.type === "opaqueredirect" && (await look()).person) await (await night()).put("/locked", new Response());
  return answer;
}

async function keepNight(person) {
  const { person: owner } = await look();
  if (owner !== person) await forget();
  work = work.then(() => fill(person)).catch(() => {});
  await work;
  return look();
}

// Network first; the copy where the network does not answer in time, is ill, or does not know yet what was
// begun on this phone.
async function page(request) {
  const url = new URL(request.url);
  const copy = await copyOf(url);
  if (copy && url.searchParams.has("copy")) return copy;
  const waits = [fetch(request)];
  if (copy) waits.push(new Promise((resolve) => { setTimeout(resolve, PATIENCE); }));
  const answer = await Promise.race(waits).catch(() => {});
  const isBegunHere = KEY.exec(url.pathname)?.[0].includes("-");
  const isOfNoUse = answer?.status >= 500 || (isBegunHere && answer?.status === 404);
  if (answer && !(copy && isOfNoUse)) return answer;
  return copy ?? (await copyOf({ pathname: PLACES.noSignal })) ?? Response.error();
}

async function copyOf({ pathname, search = "" }) {
  const { person, same, to } = await look();
  if (!person) return;
  const copies = await night();
  if (await copies.match("/locked")) return;
  const other = pathname === "/" ? PLACES.home : to[pathname];
  if (other) return Response.redirect(other);
  const [before, key] = pathname.split(KEY);
  const own = pathname.replace(KEY, same[key] ?? key);
  const exact = (await copies.match(own + search)) ?? (await copies.match(own));
  if (exact || !key) return exact;
  // A form for any duty, filled in for one that is kept or was begun on this phone.
  if (!key.includes("-") && !(await copies.match(`${before}${key}/`))) return;
  const any = pathname.replace(KEY, PLACES.any);
  const form = (await copies.match(any + search)) ?? (await copies.match(any, { ignoreSearch: true }));
  if (!form) return;
  const text = (await form.text()).replaceAll(`/duties/${PLACES.any}/`, `/duties/${key}/`);
  return new Response(text, { headers: form.headers });
}

// A file of a page, as it was when the page was kept.
async function file(request) {
  const found = await caches.match(request, { cacheName: "files", ignoreVary: true });
  if (found && HASHED.test(request.url)) return found;
  const answer = await fetch(request).catch(() => {});
  return answer ?? found ?? Response.error();
}

function get(address, headers) {
  return fetch(address, { headers, redirect: "manual", signal: AbortSignal.timeout(20_000) });
}

// Stores what the list names and is not there yet; removes the rest only when all is there.
async function fill(person) {
  const [before, turn] = [await look(), forgotten];
  const answer = await get(PLACES.list);
  const list = await answer.json();
  if (list.person !== person) return;
  // If they are deleted from now on, what follows is stored nowhere.
  const [copies, files] = [await night(), await caches.open("files")];
  if (turn !== forgotten) {
    await forget();
    return;
  }
  await copies.delete("/locked");
  const lacks = new Set();
  for (const [address, stamp] of Object.entries(list.pages)) {
    const copy = await copies.match(address);
    if (copy?.headers.get("X-Stamp") !== stamp) lacks.add(address);
  }
  const note = () => copies.put(PLACES.list, Response.json({ ...list, missing: [...lacks], at: Date.now() }));
  await note();
  if (lacks.size === 0 && before.build === list.build) return;
  try {
    for (const address of lacks) if (await keep(address, { list, copies, files })) lacks.delete(address);
  } finally {
    await note();
  }
  if (lacks.size === 0) await tidy(list, copies, files);
}

// Never the sign-in page, nor a page that the server does not give away, nor somebody else's.
async function keep(address, { list, copies, files }) {
  const answer = await get(address, { "X-Copy": "1" });
  const isOurs = answer.headers.get("X-Copy") === list.person;
  if (answer.status !== 200 || answer.redirected || !isOurs) return false;
  const text = await answer.text();
  for (const one of filesIn(text, answer.url)) await keepFile(one, files);
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.set("X-Stamp", list.pages[address]);
  await copies.put(address, new Response(text, { headers }));
  return true;
}

function filesIn(text, base) {
  const found = text.matchAll(/["'(](\/static\/[^"')\s]+|\.{1,2}\/[^"')\s]+\.js)["')]/g);
  return [...found].map(([, name]) => new URL(name, base).href);
}

async function modulesOf(address, answer) {
  return address.endsWith(".js") ? filesIn(await answer.text(), address) : [];
}

async function keepFile(address, files) {
  if (await files.match(address)) return;
  const answer = await get(address);
  if (!answer.ok) throw new Error(address);
  for (const one of await modulesOf(address, answer.clone())) await keepFile(one, files);
  await files.put(address, answer);
}

async function tidy(list, copies, files) {
  const needed = new Set();
  for (const request of await copies.keys()) {
    const { pathname, search } = new URL(request.url);
    if (list.pages[pathname + search]) {
      const copy = await copies.match(request);
      for (const one of filesIn(await copy.text(), request.url)) needed.add(one);
    } else if (!pathname.startsWith(PLACES.list)) {
      await copies.delete(request);
    }
  }
  for (const one of needed) for (const next of await modulesOf(one, await files.match(one))) needed.add(next);
  for (const { url } of await files.keys()) if (!needed.has(url)) await files.delete(url);
}
