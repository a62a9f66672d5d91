// <button class="js" type="button" data-gps data-found="… {m} m" data-refused="…" data-failed="…"
// data-insecure="…">: fills lat, lon and accuracy_m of its form with the phone's position and says how
// exact it is, or why there is none. With data-submit it sends the form afterwards, with or without a
// position. The text said while waiting is data-searching of <body>.
// Without script: the button is not shown; the form goes without a position.
import { say } from "../parts/say.js";

const OPTIONS = { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 }; // milliseconds
const PERMISSION_DENIED = 1;

export function enhance(root) {
  for (const button of root.querySelectorAll("[data-gps]")) {
    button.addEventListener("click", () => findPosition(button));
  }
}

function findPosition(button) {
  const { found, refused, failed, insecure } = button.dataset;
  const { elements } = button.form ?? button.closest("form");
  if (!navigator.geolocation || !isSecureContext) {
    finish(button, insecure);
    return;
  }
  button.disabled = true;
  say(button, document.body.dataset.searching);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const metres = Math.round(coords.accuracy);
      elements.lat.value = coords.latitude.toFixed(6);
      elements.lon.value = coords.longitude.toFixed(6);
      elements.accuracy_m.value = metres;
      finish(button, found.replace("{m}", metres));
    },
    (error) => finish(button, error.code === PERMISSION_DENIED ? refused : failed),
    OPTIONS,
  );
}

function finish(button, text) {
  const sends = "submit" in button.dataset;
  button.disabled = false;
  say(button, sends ? "" : text);
  if (sends) (button.form ?? button.closest("form")).requestSubmit();
}

enhance(document);
