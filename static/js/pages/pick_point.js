// A map to pick the coordinates of a field on (toolkit/geo/forms.py). `data-pick` is the text of the
// button, `data-help` that above the map, `data-failed` what is said without Leaflet, `data-script`
// the address of Leaflet, `data-tiles` that of pictures ("" for none), `data-credit` whose they are.
// `data-outlines` are rings of [lon, lat] in 1e-5 degree, `data-places` are [lat, lon, name].
// Without script people paste coordinates.

// As the server reads a pair: with decimal points or commas.
const PAIR = /^\s*(-?\d+(?:[.,]\d+)?)(?:\s*[,;]\s*|\s+)(-?\d+(?:[.,]\d+)?)\s*$/;
const COUNTRY = [[-11, 95], [6, 141]];
const UNITS = 100_000;
const CLOSE = 17;
// Zooming keeps the place under the cross.
const MIDDLE = { scrollWheelZoom: "center", touchZoom: "center", doubleClickZoom: "center" };

function point(input) {
  const found = PAIR.exec(input.value);
  return found && found.slice(1).map((part) => Number(part.replace(",", ".")));
}

function load(address) {
  return new Promise((resolve, reject) => {
    if (globalThis.L) {
      resolve();
      return;
    }
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

// Leaflet reads a text as HTML, but not what is an element already.
function words(text) {
  const part = document.createElement("span");
  part.textContent = text;
  return part;
}

function background(map, input) {
  const { L } = globalThis;
  const { tiles, credit, outlines, places } = input.dataset;
  if (tiles) L.tileLayer(tiles, { attribution: words(credit).innerHTML, maxZoom: 19 }).addTo(map);
  const drawn = L.featureGroup().addTo(map);
  for (const shape of JSON.parse(outlines || "[]")) {
    const rings = shape.map((ring) => ring.map(([lon, lat]) => [lat / UNITS, lon / UNITS]));
    L.polygon(rings, { weight: 1, fill: false, interactive: false }).addTo(drawn);
  }
  for (const [lat, lon, name] of JSON.parse(places || "[]")) {
    const mark = L.circleMarker([lat, lon], { radius: 6, className: "other" }).addTo(drawn);
    mark.bindTooltip(words(name));
  }
  for (const other of document.querySelectorAll("[data-pick]")) {
    const spot = other !== input && point(other);
    if (spot) L.circleMarker(spot, { radius: 6, interactive: false }).addTo(drawn);
  }
  return drawn.getBounds();
}

function draw(input, place) {
  const map = globalThis.L.map(place, { zoomSnap: 0.5, ...MIDDLE });
  map.attributionControl.setPrefix(false);
  const bounds = background(map, input);
  const here = point(input);
  const around = bounds.isValid() ? bounds : globalThis.L.latLngBounds(COUNTRY);
  // Without pictures the outlines must be in view, or there is nothing to go by.
  const far = input.dataset.tiles || !bounds.isValid() ? CLOSE : map.getBoundsZoom(around);
  if (here) map.setView(here, Math.min(CLOSE, far));
  else map.fitBounds(around, { maxZoom: CLOSE });
  map.on("click", ({ latlng }) => map.panTo(latlng));
  // Only what a person moved counts: neither the first view, nor a phone that is turned.
  let isTouched = false;
  const touch = () => { isTouched = true; };
  for (const kind of ["pointerdown", "keydown", "wheel"]) {
    place.addEventListener(kind, touch, { capture: true, passive: true });
  }
  map.on("moveend", () => {
    if (!isTouched) return;
    const { lat, lng } = map.getCenter();
    input.value = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // The button that had the focus is gone.
  place.focus({ preventScroll: true });
}

function say(button, text) {
  const said = document.createElement("p");
  said.className = "help";
  said.setAttribute("role", "status");
  said.textContent = text;
  button.after(said);
}

async function open(input, button) {
  button.disabled = true;
  try {
    await load(input.dataset.script);
  } catch {
    say(button, input.dataset.failed);
    return;
  }
  const help = document.createElement("p");
  help.textContent = input.dataset.help;
  help.className = "help";
  const place = document.createElement("div");
  place.className = "pick-map";
  place.setAttribute("aria-label", input.dataset.help);
  place.setAttribute("role", "application");
  const box = document.createElement("div");
  box.className = "pick-box";
  box.append(help, place);
  button.replaceWith(box);
  draw(input, place);
}

export function enhance(root) {
  for (const input of root.querySelectorAll("[data-pick]:not([name*=__prefix__])")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button btn pick";
    button.textContent = input.dataset.pick;
    button.addEventListener("click", () => open(input, button));
    input.after(button);
  }
}

enhance(document);
document.addEventListener("formset:added", ({ target }) => enhance(target));
