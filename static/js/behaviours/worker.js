// <body data-worker="/sw.js" data-person="12">: lets the service worker keep this person's night on the
// phone (offline/worker.js). A new one takes over as soon as no page has a half-written form.
// <p data-ready="… {at}" data-missing="… {n}" data-refused="…" hidden>: says whether all of it is kept.
// Without script, or over plain HTTP: nothing is kept.
const LATER = 1500; // milliseconds: what the page itself needs goes first

export function enhance(root) {
  const { worker, person } = document.body.dataset;
  const line = root.querySelector("[data-ready]");
  if (!worker) return;
  if (!navigator.serviceWorker) {
    tell(line, line?.dataset.refused);
    return;
  }
  root.addEventListener("input", holdTakeOver, { once: true });
  setTimeout(() => start(worker, person, line), LATER);
  let timer;
  // The outbox has sent or kept something.
  addEventListener("outbox", () => {
    clearTimeout(timer);
    timer = setTimeout(() => start(worker, person, line), LATER);
  });
}

async function start(worker, person, line) {
  try {
    const registration = await navigator.serviceWorker.register(worker, { scope: "/", updateViaCache: "none" });
    letTakeOver(registration);
    const { active } = await navigator.serviceWorker.ready;
    show(line, await ask(active, { person }));
  } catch {
    tell(line, line?.dataset.refused);
  }
}

function ask(active, question) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", ({ data }) => resolve(data));
    port1.start();
    active.postMessage(question, [port2]);
  });
}

function show(line, { at, missing }) {
  if (!line || !missing) return;
  const time = new Date(at).toLocaleTimeString("id", { hour: "2-digit", minute: "2-digit" });
  const { ready, missing: some } = line.dataset;
  tell(line, missing.length > 0 ? some.replace("{n}", missing.length) : ready.replace("{at}", time));
}

function tell(line, text) {
  if (!line) return;
  line.textContent = text;
  line.hidden = false;
}

// A lock of this page, until it is left.
function holdTakeOver() {
  navigator.locks?.request("typing", { mode: "shared" }, () => new Promise(() => {}));
}

async function letTakeOver(registration) {
  await navigator.locks?.request("typing", { ifAvailable: true }, (lock) => {
    if (lock) registration.waiting?.postMessage({ takeOver: true });
  });
}

enhance(document);
