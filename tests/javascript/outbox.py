"""A phone's outbox without Django: pages with a form, and a server in memory."""

import re
from base64 import b64encode
from urllib.parse import parse_qsl

from playwright.sync_api import Error

LIST, ME = "/accounts/outbox/", "/accounts/outbox/me/"
DUTY, NIL, ENTRY = (
    "/patrols/duties/12/",
    "/patrols/duties/12/nil/",
    "/patrols/duties/12/entries/add/",
)
ZEROS = "00000000-0000-0000-0000-000000000000"
PHOTOS = f"/patrols/entries/{ZEROS}/photo/"
OF_THE_PAGE = "11111111-1111-4111-8111-111111111111"
LINK = """<header><a href="/accounts/outbox/" data-unsent="{n} unsent" data-old="Older than a day"
  data-later="Kept" data-check="Please check:" data-full="Full"
  data-without-photos="No photos" hidden><b data-n></b></a></header>"""
MODULES = ("behaviours/unsent", "behaviours/keep", "behaviours/outbox")

# Everything in the database of the phone, as one text. Bytes as the characters they may be.
DUMP = """async () => {
  const db = await new Promise((resolve) => {
    const request = indexedDB.open("kamtibmas");
    request.onsuccess = () => resolve(request.result);
  });
  const text = (value) => {
    if (value instanceof ArrayBuffer) return new TextDecoder("latin1").decode(value);
    if (ArrayBuffer.isView(value)) return text(value.buffer);
    if (value instanceof CryptoKey) return `key ${value.extractable}`;
    if (Array.isArray(value)) return value.map(text).join(" ");
    if (value && typeof value === "object") return text(Object.entries(value));
    return String(value);
  };
  const found = {};
  for (const name of db.objectStoreNames) {
    const rows = await new Promise((resolve) => {
      const request = db.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => resolve(request.result);
    });
    found[name] = rows.map(text);
  }
  db.close();
  return found;
}"""
FIELD = re.compile(
    rb'name="(\w+)"(; filename="[^"]*")?(?:\r\nContent-Type: [^\r]*)?\r\n\r\n(.*?)\r\n--', re.DOTALL
)


def nil_form(to=DUTY):
    return f"""<form id="nil" method="post" action="{NIL}" data-outbox="{to}" data-what="Nihil">
      <input type="hidden" name="csrfmiddlewaretoken" value="old">
      <input type="hidden" name="client_uuid" value="{OF_THE_PAGE}"><button>Nihil</button></form>"""


def entry_form(kind="finding"):
    return f"""<form id="entry" method="post" enctype="multipart/form-data" action="{ENTRY}"
        data-keep data-outbox="{DUTY}" data-photos-to="{PHOTOS}" data-what="Temuan">
      <input type="hidden" name="kind" value="{kind}">
      <input type="hidden" name="client_uuid" value="{OF_THE_PAGE}">
      <label>Apa<textarea name="text"></textarea></label>
      <input type="file" name="photos" multiple accept="image/jpeg"><button>Kirim</button></form>"""


def _fields_of(request):
    body = request.post_data_buffer or b""
    if "multipart" not in request.headers["content-type"]:
        return dict(parse_qsl(body.decode()))
    return {
        name.decode(): text.decode(errors="replace") for name, _file, text in FIELD.findall(body)
    }


class Outbox:
    """`said` are the answers to come, by address or for all: (status, what is said), or None for
    no answer. Without one a form is stored. `posts` are (address, fields) as the server got them.
    """

    def __init__(self, harness):
        self.harness, self.page = harness, harness.page
        self.person, self.keys = 7, ["first key of 32 bytes, as it is."]
        self.posts, self.headers, self.said, self.stored = [], [], {}, set()
        self.has_signal = True
        self.pages = {}
        harness.page.route("**/*", self._answer)

    def _answer(self, route):
        request = route.request
        path = request.url.partition("site.test")[2].partition("?")[0]
        if path.startswith("/static/") or path in {"/last", "/favicon.ico"}:
            route.fallback()
        elif path == ME:
            self._say_me(route)
        elif request.method == "POST":
            self._take(route, path)
        else:
            body = self.pages.get(path, self.pages[DUTY])
            route.fulfill(body=body, content_type="text/html; charset=utf-8")

    def _say_me(self, route):
        if not self.has_signal:
            route.abort()
        elif self.person is None:
            route.fulfill(status=401, json={})
        else:
            keys = [b64encode(key.encode()).decode() for key in self.keys]
            me = {"person": self.person, "name": "A", "token": "fresh", "keys": keys, "build": ""}
            route.fulfill(json=me)

    def _take(self, route, path):
        if not self.has_signal:
            route.abort()
            return
        fields = _fields_of(route.request)
        self.posts.append((path, fields))
        self.headers.append(route.request.headers)
        said = self.said.get(path, self.said.get("all"))
        if callable(said):
            said = said(fields)
        uuid = fields.get("client_uuid", "")
        if said is None and path in self.said:
            self.stored.add(uuid)  # stored, and the answer is lost
            route.abort()
        elif said:
            route.fulfill(status=said[0], json=said[1])
        else:
            status = 200 if uuid in self.stored else 201
            self.stored.add(uuid)
            words = [{"level": "good", "text": f"Stored {status}"}]
            route.fulfill(status=status, json={"to": DUTY, "said": words})

    def html(self, body, *modules, person=7, before=""):
        scripts = "".join(
            f'<script type="module" src="/static/js/{name}.js"></script>'
            for name in modules or MODULES
        )
        return f"""<!doctype html><html lang="id"><title>.</title><script>{before}</script>{scripts}
          <body data-person="{person}">{LINK}<main>{body}</main>"""

    def open(self, body, path=DUTY, *modules, page=None, has_keys=True, **options):
        """Shows the page, and waits until it has the keys of its person."""
        page = page or self.page
        self.pages[path] = self.html(body, *modules, **options)
        self.pages.setdefault(DUTY, self.pages[path])
        page.goto(f"https://site.test{path}")
        page.wait_for_load_state("networkidle")
        if has_keys:
            page.wait_for_function(
                "import('/static/js/offline/queue.js').then(({ known }) => known.keys.length > 0)"
            )
        return page

    def dump(self):
        try:
            return self.page.evaluate(DUMP)
        except Error:  # the page goes on at this moment
            self.page.wait_for_load_state()
            return self.page.evaluate(DUMP)

    def count(self):
        return len(self.dump()["items"])

    def uuids(self, path=None):
        return [fields["client_uuid"] for at, fields in self.posts if path in (None, at)]

    def send_now(self):
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def wait_until(self, condition):
        self.harness.wait_until(condition)

    def wait_until_answered(self):
        """Until the phone has noted what the server has said."""
        self.wait_until(lambda: "state waiting" not in str(self.dump()["items"]))

    def write_without_signal(self, text="Kabel menjuntai", kind="finding"):
        """One entry that waits on the phone."""
        page = self.open(entry_form(kind), ENTRY)
        self.has_signal = False
        page.fill("[name=text]", text)
        with page.expect_navigation(url=f"**{DUTY}"):
            page.click("#entry button")
        page.wait_for_load_state("networkidle")
        self.has_signal = True
        return page


def said(text, level="danger"):
    return {"said": [{"level": level, "text": text}]}
