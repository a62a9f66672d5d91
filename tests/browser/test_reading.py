"""What trials found hard to read: broken words and numbers, a button out of reach."""

import pytest
from django.urls import reverse

from patrols.services.duties import end_duty
from reports.models import Report
from tests import factories as make
from tests.browser.phone import DESK, open_details
from tests.browser.test_large_text import BROKEN, SET_SIZE
from tests.reports.report_pages import make_report_in_state

pytestmark = pytest.mark.browser

# Those of these words that stand on more than one line.
ON_TWO_LINES = r"""(words) => {
  const found = [], range = document.createRange(), pattern = new RegExp(words, 'gu');
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    for (const word of text.data.matchAll(pattern)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      found.push([word[0], tops.size]);
    }
  }
  return found;
}"""
IN_SIGHT = """(part) => {
  const box = part.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return part.contains(top);
}"""


def test_no_line_ends_in_a_reports_number(open_page, units, commander):
    for number in range(12):
        category = make.make_category(f"kind_{number}", label=f"Motor {'hilang' * number} sekali")
        make.make_report(units.polsek, category=category)
    page = open_page(commander, reverse("reports:report_list"), viewport=DESK)
    numbers = page.evaluate(ON_TWO_LINES, r"LK-\d+")
    assert len(numbers) == 12
    assert {lines for _number, lines in numbers} == {1}


def test_the_words_of_a_code_stay_whole_at_twice_the_size(open_page, units, operator, monkeypatch):
    monkeypatch.setattr(Report._meta.get_field("code"), "_get_default", lambda: "LW-NXNX-XNXN-NNXX")
    make.make_category("noise_dispute", label="Tetangga ribut")
    page = open_page(operator, reverse("reports:report_new"))
    page.select_option("[name=category]", index=1)
    page.fill("[name=text]", "Musik keras")
    page.check("[name=privacy][value=anonymous]")
    page.click(".act .btn.main")
    page.wait_for_selector(".spelled")
    assert page.locator(".messages").evaluate(IN_SIGHT)
    page.evaluate(SET_SIZE, "200%")
    words = page.evaluate(ON_TWO_LINES, r"November|X\S?ray")
    assert len(words) == 12
    assert {lines for _word, lines in words} == {1}


def test_the_button_that_assigns_is_in_reach_of_many_names(open_page, units, officer, commander):
    for number in range(12):
        make.make_user(f"Bhabin {number:02}", units.polsek, "officer")
    report = make_report_in_state("verified", units.polsek, officer)
    page = open_page(commander, reverse("reports:report_dispatch", args=[report.pk]))
    assert page.locator(".choices label").count() == 12
    assert page.locator("form .btn.main").evaluate(IN_SIGHT)


def test_the_tiles_of_a_finished_duty_break_no_word(open_page, officer, running_duty):
    end_duty(duty=running_duty, by=officer)
    page = open_page(officer, reverse("patrols:duty_detail", args=[running_duty.pk]))
    open_details(page)
    assert page.locator("details .tile").count() > 4
    assert page.evaluate(BROKEN, ".tile") == []
