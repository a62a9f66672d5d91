"""Every page at larger text, as Android sets it: 130 % for many officers, 200 % at most.

On a phone nothing is wider than the screen, no word is broken at 130 %, and no label, button or
place of the bar at 200 %.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from patrols.services.duties import start_duty
from reports.services.changes import dispatch_report, resolve_report
from reports.services.reporter import dispute_outcome
from tests import factories as make
from tests.browser.phone import DESK, PHONE, open_details, send
from tests.test_access import ROLES, ROUND, make_rows_of, path_of

pytestmark = pytest.mark.browser

# The first of these that a page opens to looks at it.
READERS = ["anonymous", "commander", "officer", "superuser"]
PAPER = {"width": 703, "height": 1000}  # A4 without its margins
# Addresses that are no page to read.
NO_PAGES = {
    *("healthz", "manifest", "service_worker", "accounts:outbox_me", "patrols:copy_list"),
    *("patrols:duty_choices", "patrols:photo_view", "reports:report_photo", "reports:track_photo"),
    *("patrols:late_note_photo", "programs:activity_photo"),
}
SIZES = {100: "main, .bottom", 130: "main, .bottom", 200: "label, legend, .btn, summary, .bottom"}
SET_SIZE = "(size) => document.documentElement.style.setProperty('font-size', size, 'important')"
# Maps cut their picture off at its edge; tables of a week or of figures scroll in their own frame.
WIDER = """() => [...document.querySelectorAll('body *')].filter((part) =>
  part.getBoundingClientRect().right > innerWidth + 1
  && !part.closest('svg *, .scroll-x[tabindex] > :is(.week, .dense)')
).map((part) => part.outerHTML.slice(0, 90))"""
# The words inside the parts that stand on more than one line. Numbers and codes may break.
BROKEN = r"""(parts) => {
  const found = new Set(), range = document.createRange();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const part = text.parentElement;
    if (!part.closest(parts) || part.closest('.sr, script, .code, .break')) continue;
    range.selectNodeContents(text);
    if (range.getClientRects().length < 2) continue;
    for (const word of text.data.matchAll(/\p{L}{2,}/gu)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (tops.size > 1) found.add(word[0] + ' in ' + part.outerHTML.slice(0, 60));
    }
  }
  return [...found];
}"""
# A clipped word is as unreadable as a broken one.
CUT = """() => [...document.querySelectorAll('.seg, .bottom a, .tag, .btn')].filter((part) =>
  part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 2
).map((part) => part.textContent.trim())"""


def reader_of(outcomes):
    return next(role for role in READERS if outcomes[ROLES.index(role)] == "ok")


@pytest.fixture
def rows(units, officer, volunteer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    rows = make_rows_of(units.polsek, officer, "Kebon Jeruk", volunteer.membership)
    for name in ("Aipda Bambang Hermawansyah", "Muhammad Saepulloh", "Sri Wahyuningsih"):
        make.make_attendance(rows["running"], member=make.make_member(rows["group"], name))
    fill_board(units.polsek, officer, rows["group"])
    return rows


def fill_board(unit, officer, group):
    """A duty of every night, tonight's without news, its leader and somebody missing with a number;
    a report that is late and disputed."""
    now = timezone.now()
    User.objects.filter(pk=officer.pk).update(phone="+6286000001234")
    member = make.make_member(group, "Ahmad Burhanuddin Kertawiguna", phone="+6286000004321")
    for night in range(14):
        starts_at = now - timedelta(minutes=55) + timedelta(days=night)
        duty = make.make_duty(
            unit, "Patroli gabungan berskala besar", starts_at, leader=officer, apel_at=starts_at
        )
        make.make_attendance(duty, officer=officer)
        if not night:
            make.make_attendance(duty, member=member, status="absent", at=now)
            start_duty(duty=duty, by=officer, now=starts_at, despite=True)
    report = make.make_report(unit, "Musik keras sekali", now=now - timedelta(hours=30))
    dispatch_report(report=report, by=officer, assignee=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Sudah sepi")
    dispute_outcome(code=report.code, reason="Masih ribut")


def faults(page):
    """What does not fit at each size, on the page as it is with everything unfolded."""
    open_details(page)
    for size, parts in SIZES.items():
        page.evaluate(SET_SIZE, f"{size}%")
        checks = {"wider": (WIDER,), "broken": (BROKEN, parts), "cut": (CUT,)}
        for word, check in checks.items():
            if found := page.evaluate(*check):
                yield size, word, found[:4]


def test_every_page_fits_at_every_size(
    browser, open_page, live_server, rows, officer, commander, superuser
):
    people = {"commander": commander, "officer": officer, "superuser": superuser}
    pages = {role: open_page(user) for role, user in people.items()}
    pages["anonymous"] = browser.new_context(viewport=PHONE, service_workers="block").new_page()
    wrong = []
    for name, (_method, key, words, _sent) in ROUND.items():
        outcomes = words.split()
        if name in NO_PAGES or "ok" not in outcomes:
            continue
        page = pages[reader_of(outcomes)]
        page.goto(live_server.url + path_of(name, rows, key))
        wrong += [(name, *fault) for fault in faults(page)]
    # What the reporter sees of a report has no address of its own.
    page = pages["anonymous"]
    page.goto(live_server.url + reverse("reports:report_track"))
    page.fill("[name=code]", rows["done_report"].code)
    send(page)
    assert rows["done_report"].number in page.inner_text("main")
    wrong += [("a report by its code", *fault) for fault in faults(page)]
    page.context.close()
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("name", ["tonight", "night_list", "my_day", "duty_list"])
def test_the_widest_pages_fit_a_desk(open_page, rows, commander, name):
    page = open_page(commander, reverse(f"patrols:{name}"), viewport=DESK)
    assert page.evaluate(WIDER) == []
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    assert page.evaluate(WIDER) == []
    if name == "night_list":  # its nights are links that look like buttons
        assert page.locator(".days .btn:visible").count() == page.locator(".days .btn").count() > 14


def test_the_board_is_whole_on_a_desk_and_on_paper(open_page, live_server, rows, commander):
    page = open_page(commander, reverse("patrols:tonight"), viewport=DESK)
    assert "Direncanakan" in page.inner_text("main")
    assert page.evaluate(CUT) == []
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    assert page.evaluate(CUT) == []
