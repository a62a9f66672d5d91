// Reads a page, with options as of fetch(): what the server answers, and whether it said OK. Throws
// where the server does not answer.
export async function fetchPage(address, options) {
  const answer = await fetch(address, options);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { page, ok: answer.ok, status: answer.status };
}

// Reads the page of this address again and returns its element with this id. Throws where the server
// does not answer, refuses, or the page has no such element (after the session ended it is the
// sign-in page).
export async function fetchPart(id, options) {
  const { page, ok, status } = await fetchPage(location.href, options);
  const part = page.getElementById(id);
  if (!ok || !part) throw new Error(`No ${id}: ${status}`);
  return part;
}
