// A map to pick the coordinates of a field on (toolkit/geo/forms.py). `data-pick` is the text of the
// button, `data-help` that above the map, `data-script` the address of Leaflet, `data-tiles` that of
// pictures ("" for none), `data-credit` whose they are. `data-outlines` are rings of [lon, lat] in
// 1e-5 degree. Without script people paste coordinates.

const PAIR = /^\s*(-?\d+(?:\.\d+)?),\s*(-?\d+(?:\.\d+)?)\s*$/;
const COUNTRY = [[-11, 95], [6, 141]];
const UNITS = 100_000;
const CLOSE = 17;

function point(input) {
  const found = PAIR.exec(input.value);
  return found && [Number(found[1]), Number(found[2])];
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

function background(map, input) {
  const { L } = globalThis;
  const { tiles, credit, outlines } = input.dataset;
  if (tiles) L.tileLayer(tiles, { attribution: credit, maxZoom: 19 }).addTo(map);
  const drawn = L.featureGroup().addTo(map);
  for (const shape of JSON.parse(outlines || "[]")) {
    const rings = shape.map((ring) => ring.map(([lon, lat]) => [lat / UNITS, lon / UNITS]));
    L.polygon(rings, { weight: 1, fill: false, interactive: false }).addTo(drawn);
  }
  for (const other of document.querySelectorAll("[data-pick]")) {
    const spot = other !== input && point(other);
    if (spot) L.circleMarker(spot, { radius: 6, interactive: false }).addTo(drawn);
  }
  return drawn.getBounds();
}

function draw(input, place) {
  const map = globalThis.L.map(place, { zoomSnap: 0.5 });
  map.attributionControl.setPrefix(false);
  const bounds = background(map, input);
  const here = point(input);
  const around = bounds.isValid() ? bounds : globalThis.L.latLngBounds(COUNTRY);
  // Without pictures the outlines must be in view, or there is nothing to go by.
  const far = input.dataset.tiles || !bounds.isValid() ? CLOSE : map.getBoundsZoom(around);
  if (here) map.setView(here, Math.min(CLOSE, far));
  else map.fitBounds(around, { maxZoom: CLOSE });
  map.on("click", ({ latlng }) => map.panTo(latlng));
  // Only what a person moved counts: the first view is not a choice.
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    input.value = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

async function open(input, button) {
  button.disabled = true;
  try {
    await load(input.dataset.script);
  } catch {
    button.disabled = false;
    return;
  }
  const help = document.createElement("p");
  help.textContent = input.dataset.help;
  help.className = "help";
  const place = document.createElement("div");
  place.className = "pick-map";
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
    button.className = "button pick";
    button.textContent = input.dataset.pick;
    button.addEventListener("click", () => open(input, button));
    input.after(button);
  }
}

enhance(document);
document.addEventListener("formset:added", ({ target }) => enhance(target));
