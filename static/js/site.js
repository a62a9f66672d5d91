// What every page gets better with. Each part looks for its own data attribute and stays away otherwise.
document.documentElement.classList.add("has-js");

// <form data-once>: a second tap does not send twice. Restored when the page is shown again from the cache.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-once] button")) button.disabled = false;
});

// <form data-keep="key" data-keep-names="text place">: what is typed stays in this tab until a page
// with data-drop-kept="key" is reached, so that no session or signal that ends costs the words.
for (const place of document.querySelectorAll("[data-drop-kept]")) {
  sessionStorage.removeItem(place.dataset.dropKept);
}
for (const form of document.querySelectorAll("form[data-keep]")) {
  const names = form.dataset.keepNames.split(" ").filter((name) => form.elements[name]);
  const kept = JSON.parse(sessionStorage.getItem(form.dataset.keep) || "{}");
  if (kept.text && !form.elements.text.value) {
    if (form.elements.kind && kept.kind !== form.elements.kind.value) location.replace(`?kind=${kept.kind}`);
    for (const name of names) form.elements[name].value = kept[name] ?? "";
  }
  form.addEventListener("input", () => {
    const typed = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    sessionStorage.setItem(form.dataset.keep, JSON.stringify(typed));
  });
}

// <button class="js" data-print>
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}

// <button class="js" data-copy="#id" data-done="Tersalin">: copies a field's value or an element's text.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    const text = source.value ?? source.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Plain HTTP has no clipboard: select, so that the person can copy.
      if (source.select) source.select();
      document.execCommand("copy");
    }
    say(button, button.dataset.done);
  });
}

// <button class="js" data-share="#id" data-title="…" data-photos='["/url", …]'>: the phone's own sharing.
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) {
    button.hidden = true;
    continue;
  }
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.share);
    const data = { title: button.dataset.title, text: source.value ?? source.textContent };
    try {
      const files = await photosOf(JSON.parse(button.dataset.photos || "[]"));
      if (files.length && navigator.canShare?.({ files })) data.files = files;
    } catch {
      // Without signal for the photos, the text still goes.
    }
    try {
      await navigator.share(data);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  });
}

async function photosOf(urls) {
  return Promise.all(
    urls.map(async (url, index) => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return new File([await answer.blob()], `foto-${index + 1}.jpg`, { type: "image/jpeg" });
    }),
  );
}

// <a data-text-link="#id" href="https://wa.me/?text=…">: the link follows what is typed in the field.
for (const link of document.querySelectorAll("[data-text-link]")) {
  const source = document.querySelector(link.dataset.textLink);
  source.addEventListener("input", () => {
    link.href = link.href.replace(/text=.*/, `text=${encodeURIComponent(source.value)}`);
  });
}

// <button class="js" type="button" data-gps data-found="…" data-refused="…" data-failed="…" data-insecure="…">
// fills the form's lat, lon and accuracy_m and says how exact the place is. With data-submit it sends the form.
for (const button of document.querySelectorAll("[data-gps]")) {
  const form = button.form ?? button.closest("form");
  button.addEventListener("click", () => {
    if (!navigator.geolocation || !isSecureContext) return finish(button.dataset.insecure);
    button.disabled = true;
    say(button, document.body.dataset.searching);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(6);
        form.elements.lon.value = coords.longitude.toFixed(6);
        form.elements.accuracy_m.value = Math.round(coords.accuracy);
        finish(button.dataset.found.replace("{m}", Math.round(coords.accuracy)));
      },
      (error) => finish(error.code === 1 ? button.dataset.refused : button.dataset.failed),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
    );
  });
  function finish(text) {
    button.disabled = false;
    say(button, "submit" in button.dataset ? "" : text);
    if ("submit" in button.dataset) form.requestSubmit();
  }
}

// The phone's clock goes with an entry: when it was begun to be written, when it was sent.
for (const field of document.querySelectorAll("input[name=device_at]")) {
  if (!field.value) field.value = new Date().toISOString();
  field.form.addEventListener("submit", () => {
    if (field.form.elements.sent_at) field.form.elements.sent_at.value = new Date().toISOString();
  });
}

// <input type=file data-size="#id" data-text="{n} foto, {mb} MB">: how much would be sent.
for (const field of document.querySelectorAll("input[type=file][data-size]")) {
  field.addEventListener("change", () => {
    const files = [...field.files];
    const megabytes = files.reduce((sum, file) => sum + file.size, 0) / 1e6;
    document.querySelector(field.dataset.size).textContent = files.length
      ? field.dataset.text
          .replace("{n}", files.length)
          .replace("{mb}", megabytes.toFixed(1).replace(".", ","))
      : "";
  });
}

// <button class="js" type="button" data-reveal="#id" data-shown="Sembunyikan">: shows a password.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.querySelector(button.dataset.reveal);
  const hidden = button.textContent;
  button.addEventListener("click", () => {
    const show = field.type === "password";
    field.type = show ? "text" : "password";
    button.textContent = show ? button.dataset.shown : hidden;
    button.setAttribute("aria-pressed", String(show));
  });
}

// Says something beside a button, for eyes and for screen readers.
function say(button, text) {
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
