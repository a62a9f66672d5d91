// Where the browser does not say what the signal is, photos wait to be sent by hand.
export function waitsForWifi() {
  const { type } = navigator.connection ?? {};
  return localStorage.getItem("photos") === "wifi" && type !== "wifi" && type !== "ethernet";
}
