// Reads the page of this address again, with options as of fetch(), and returns its element with
// this id. Throws where the server does not answer, refuses, or the page has no such element (after
// the session ended it is the sign-in page).
export async function fetchPart(id, options) {
  const answer = await fetch(location.href, options);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.getElementById(id);
  if (!answer.ok || !part) throw new Error(`No ${id}: ${answer.status}`);
  return part;
}
