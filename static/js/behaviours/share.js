// <button class="js" data-share="#id" data-title="…" data-photos='["/url", …]'>: opens the phone's own
// sharing with the text of a field or an element, and with the photos where they can be read and the
// phone takes files. Where the browser cannot share, the button is hidden.
// Without script: the button is not shown; the WhatsApp link beside it works.
export function enhance(root) {
  for (const button of root.querySelectorAll("[data-share]")) {
    button.hidden = !navigator.share;
    button.addEventListener("click", () => share(button));
  }
}

async function share(button) {
  const source = document.querySelector(button.dataset.share);
  const data = { title: button.dataset.title, text: source.value ?? source.textContent };
  try {
    const files = await readPhotos(JSON.parse(button.dataset.photos || "[]"));
    if (files.length > 0 && navigator.canShare?.({ files })) data.files = files;
  } catch {
    // Without a signal for the photos, the text still goes.
  }
  try {
    await navigator.share(data);
  } catch (error) {
    if (error.name !== "AbortError") throw error; // AbortError: the person closed the dialog
  }
}

function readPhotos(urls) {
  return Promise.all(
    urls.map(async (url, index) => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return new File([await answer.blob()], `foto-${index + 1}.jpg`, { type: "image/jpeg" });
    }),
  );
}

enhance(document);
