"""What the service worker keeps on a phone: looked at as the browser stores it."""

import re
import time
from urllib.parse import urljoin

from playwright.sync_api import expect

READY = "[data-ready]"
# Everything in Cache Storage: by the name of the cache and the address, the text and the headers.
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    found[name] = {};
    for (const request of await cache.keys()) {
      const { pathname, search } = new URL(request.url);
      const answer = await cache.match(request);
      // The worker may have thrown it away since.
      if (!answer) continue;
      const text = await answer.text();
      found[name][pathname + search] = { text, headers: Object.fromEntries(answer.headers) };
    }
  }
  return found;
}"""
NAMED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
IMPORTED = re.compile(r"""\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']""")


def kept_by(page):
    return page.evaluate(KEPT)


def dump(page):
    """The addresses alone, by the name of the cache."""
    return {name: sorted(found) for name, found in kept_by(page).items()}


def say_ready(page):
    """Waits until my day says that everything is kept."""
    expect(page.locator(READY)).to_contain_text("Siap tanpa sinyal")


def fill_again(page):
    """As when the outbox has sent something: the worker asks for the list."""
    page.evaluate("dispatchEvent(new Event('outbox'))")


def until(holds):
    for _turn in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError


def cut(page):
    page.context.set_offline(True)


def files_needed(kept):
    """The files that the kept pages name, and all modules that these import, found as a browser
    would. Each must be kept itself, or its imports could not be read."""
    needed, to_read = set(), set()
    for page in kept["night"].values():
        to_read |= set(NAMED.findall(page["text"]))
    while to_read:
        address = to_read.pop()
        needed.add(address)
        if address.endswith(".js"):
            assert address in kept["files"], address
            for found in IMPORTED.findall(kept["files"][address]["text"]):
                to_read |= {urljoin(address, "".join(found))} - needed
    return needed
