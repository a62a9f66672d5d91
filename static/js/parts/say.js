// Says a text beside a button, for eyes and for screen readers. A second text replaces the first.
export function say(button, text) {
  let place = button.parentElement.querySelector("[data-said]");
  if (!place) {
    place = document.createElement("p");
    place.className = "soft";
    place.dataset.said = "";
    place.setAttribute("role", "status");
    button.after(place);
  }
  place.textContent = text;
}
