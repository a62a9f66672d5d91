"""Every page at larger text, as Android sets it: 130 % for many officers, 200 % at most.

On a phone nothing is wider than the screen, no word is broken at 130 %, and no label, button or
place of the bar at 200 %.
"""

import pytest
from django.urls import reverse

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
    "patrols:late_note_photo",
}
SIZES = {100: "main, .bottom", 130: "main, .bottom", 200: "label, legend, .btn, summary, .bottom"}
SET_SIZE = "(size) => document.documentElement.style.setProperty('font-size', size, 'important')"
WIDER = """() => [...document.querySelectorAll('body *')].filter((part) =>
  part.getBoundingClientRect().right > innerWidth + 1).map((part) => part.outerHTML.slice(0, 90))"""
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
    return rows


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


def test_the_board_is_whole_on_a_desk_and_on_paper(open_page, live_server, rows, commander):
    page = open_page(commander, reverse("patrols:tonight"), viewport=DESK)
    assert "Direncanakan" in page.inner_text("main")
    assert page.evaluate(CUT) == []
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    assert page.evaluate(CUT) == []
