"""What an entry costs its writer, and a page its reader: taps, typed fields, bytes, seconds."""

from pathlib import Path

import brotli
import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from patrols.models import EntryKind, EntryPhoto, LogEntry
from patrols.models.entries import WRITTEN_KINDS
from reports.models import Report
from tests import factories as make
from tests.browser.phone import expect_page
from tests.pictures import jpeg
from tests.torture import IS_LONG
from tests.torture.signals import shorter

pytestmark = pytest.mark.browser

MOST_TAPS, MOST_FIELDS = 3, 1
MOST_BYTES, MOST_SCRIPT_BYTES = 120_000, 8 * 1024
MOST_SECONDS = 5
OUTBOX = (
    "behaviours/outbox",
    *(f"offline/{name}" for name in ("queue", "drafts", "photos", "states", "wifi")),
)
# A field counts once something has been typed into it.
COUNTER = """addEventListener("pointerdown", () => add("taps", ""), true);
addEventListener("input", ({ target }) => {
  const { type, name } = target;
  if (["text", "textarea", "number", "tel", "search"].includes(type)) add("fields", name);
}, true);
function add(what, name) {
  const counted = JSON.parse(localStorage.getItem(what) ?? "[]");
  if (!name || !counted.includes(name)) counted.push(name);
  localStorage.setItem(what, JSON.stringify(counted));
}"""


@pytest.fixture
def phone(make_phone, officer, running_duty, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    make.make_category("other")
    here = {"latitude": -6.15, "longitude": 106.8, "accuracy": 8}
    phone = make_phone(permissions=["geolocation"], geolocation=here, service_workers="block")
    phone.sign_in(officer)
    phone.context.add_init_script(COUNTER)
    return phone


class Counting:
    """One entry from the duty's page on: `tap` and `type` as a person does, `cost` what it took."""

    def __init__(self, phone, start):
        self.phone, self.page = phone, phone.page
        phone.go(start)
        self.page.evaluate("localStorage.clear()")

    def tap(self, selector, leads_to_page=True):
        if not leads_to_page:
            self.page.click(selector)
            return
        with expect_page(self.page):
            self.page.click(selector)

    def cost(self):
        lengths = "[...['taps', 'fields']].map((n) => JSON.parse(localStorage[n] ?? '[]').length)"
        taps, fields = self.page.evaluate(lengths)
        return taps, fields

    def within(self):
        taps, fields = self.cost()
        assert 0 < taps <= MOST_TAPS, taps
        assert fields <= MOST_FIELDS, fields


def detail(duty):
    return reverse("patrols:duty_detail", args=[duty.pk])


def test_each_kind_of_entry_takes_three_taps_and_one_field(phone, running_duty):
    for kind in WRITTEN_KINDS:
        way = Counting(phone, detail(running_duty))
        way.tap(f'main a[href$="?kind={kind}"]:visible')
        phone.page.fill("[name=text]", f"Catatan {kind}")
        way.tap("form[data-keep] .act .main")
        way.within()
        assert LogEntry.objects.get(duty=running_duty, kind=kind).text == f"Catatan {kind}"


def test_nothing_to_report_and_i_am_here_take_one_tap(phone, running_duty):
    page = detail(running_duty)
    for name in ("duty_nil", "check_in"):
        way = Counting(phone, page)
        action = reverse(f"patrols:{name}", args=[running_duty.pk])
        way.tap(f'form[action="{action}"] button:visible >> nth=0')
        assert way.cost() == (1, 0)
    kinds = LogEntry.objects.filter(duty=running_duty).exclude(kind=EntryKind.START)
    assert sorted(kinds.values_list("kind", flat=True)) == ["check_in", "observation"]


def test_a_photo_alone_takes_three_taps(phone, running_duty):
    way = Counting(phone, detail(running_duty))
    way.tap('main a[href*="photo=1"]:visible')
    with phone.page.expect_file_chooser() as chooser:
        phone.page.click("label:has([name=photos]), [name=photos]")
    picture = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": jpeg((80, 60)).read()}
    chooser.value.set_files([picture])
    way.tap("form[data-keep] .act .main")
    phone.wait_until_sent()
    way.within()
    assert EntryPhoto.objects.get().entry.duty == running_duty


def test_a_finding_becomes_a_report_in_three_taps(phone, running_duty):
    way = Counting(phone, detail(running_duty))
    way.tap('main a[href$="?kind=finding"]:visible')
    phone.page.fill("[name=text]", "Kabel menjuntai")
    way.tap("label:has([name=make_report]), [name=make_report]", leads_to_page=False)
    way.tap("form[data-keep] .act .main")
    way.within()
    assert Report.objects.get().text == "Kabel menjuntai"


def test_the_outbox_and_the_worker_are_small(client):
    folder = Path(django_settings.BASE_DIR, "static", "js")
    # As WhiteNoise has them for a phone.
    scripts = [shorter((folder / f"{name}.js").read_bytes()) for name in OUTBOX]
    worker = client.get(reverse("service_worker"), headers={"Accept-Encoding": "br"}).content
    sizes = [*(len(brotli.compress(script)) for script in scripts), len(worker)]
    assert sum(sizes) <= MOST_SCRIPT_BYTES, sizes


def first_visit(make_phone, officer, path, *, slow):
    """Bytes and seconds of a first visit: nothing is cached."""
    phone = make_phone(service_workers="block")
    phone.sign_in(officer)
    session = phone.context.new_cdp_session(phone.page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    if slow:  # slow 3G: 400 kbit/s, 400 ms
        rates = {"downloadThroughput": 50_000, "uploadThroughput": 50_000}
        session.send(
            "Network.emulateNetworkConditions", {"offline": False, "latency": 400, **rates}
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    transferred = []
    session.on(
        "Network.loadingFinished", lambda found: transferred.append(found["encodedDataLength"])
    )
    phone.go(path)
    phone.page.wait_for_load_state("networkidle")
    # Modules run before `load`, and with them everything that makes a page answer.
    [took] = phone.page.evaluate(
        "performance.getEntriesByType('navigation').map((one) => one.loadEventEnd)"
    )
    phone.close()
    return sum(transferred), took / 1000


@pytest.mark.parametrize("name", ["my_day", "duty_detail"])
def test_a_first_visit_is_small_and_quick(make_phone, officer, running_duty, name, capsys):
    path = reverse(f"patrols:{name}", args=[running_duty.pk] if name == "duty_detail" else [])
    for number in range(20 if name == "duty_detail" else 0):
        make.make_entry(running_duty, officer, text=f"Catatan {number}: situasi aman, jalan sepi")
    size, seconds = first_visit(make_phone, officer, path, slow=IS_LONG)
    assert 10_000 < size <= MOST_BYTES
    if IS_LONG:
        with capsys.disabled():
            print(f"\n{name}: {size:,} bytes, interactive after {seconds:.1f} s")  # noqa: T201
        assert seconds <= MOST_SECONDS
