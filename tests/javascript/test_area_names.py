import json

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("still_clock")]

BODY = """<form><input name="csrfmiddlewaretoken" value="token">
  <input name="village_name" list="areas" data-area-names="/names">
  <datalist id="areas"></datalist></form>"""


@pytest.fixture
def waiting(harness):
    return harness.hold("/names")


def type_and_pause(page, text, milliseconds=300):
    page.fill("[name=village_name]", text)
    page.clock.run_for(milliseconds)


def answer(page, route, *names):
    with page.expect_request_finished():
        route.fulfill(body=json.dumps(names), content_type="application/json")


def offered(page):
    return page.eval_on_selector_all("option", "options => options.map((option) => option.value)")


def test_names_are_offered_after_a_pause(harness, waiting):
    page = harness.open(BODY, "behaviours/area_names")
    type_and_pause(page, "du")
    type_and_pause(page, "dur", 200)
    type_and_pause(page, "duri ", 200)
    assert harness.asked_so_far() == []
    page.clock.run_for(100)
    harness.wait_until(lambda: waiting)
    body = waiting[0].request.post_data
    assert 'name="village_name"\r\n\r\nduri\r\n' in body
    assert 'name="csrfmiddlewaretoken"\r\n\r\ntoken\r\n' in body
    answer(page, waiting[0], "Duri Utara, Tambora", "Duri Selatan, Tambora")
    page.wait_for_selector("option", state="attached")
    assert offered(page) == ["Duri Utara, Tambora", "Duri Selatan, Tambora"]


def test_a_late_answer_to_earlier_words_is_ignored(harness, waiting):
    page = harness.open(BODY, "behaviours/area_names")
    for typed in ("kali", "kalianyar"):
        type_and_pause(page, typed)
    harness.wait_until(lambda: len(waiting) == 2)
    first, second = waiting
    answer(page, second, "Kalianyar, Tambora")
    page.wait_for_selector("option", state="attached")
    answer(page, first, "Kalideres, Kalideres")
    assert offered(page) == ["Kalianyar, Tambora"]


def test_a_chosen_name_and_the_same_words_ask_nothing(harness, waiting):
    page = harness.open(BODY, "behaviours/area_names")
    type_and_pause(page, "Duri Utara, Tambora")
    assert harness.asked_so_far() == []
    type_and_pause(page, "duri")
    harness.wait_until(lambda: waiting)
    type_and_pause(page, "duri ")
    assert harness.asked_so_far() == [("POST", "/names")]


@pytest.mark.parametrize("reply", [lambda route: route.abort(), {"status": 429}])
def test_without_an_answer_the_form_stays_usable(harness, reply):
    harness.answers["/names"] = reply
    page = harness.open(BODY, "behaviours/area_names")
    type_and_pause(page, "duri")
    harness.wait_until(lambda: harness.asked)
    page.wait_for_timeout(20)
    assert offered(page) == []


def test_names_of_the_page_stay_in_front(harness, waiting):
    own = '<option value="Duri Pulo, Gambir"></option>'
    page = harness.open(BODY.replace("</datalist>", f"{own}</datalist>"), "behaviours/area_names")
    type_and_pause(page, "duri")
    harness.wait_until(lambda: waiting)
    answer(page, waiting[0], "Duri Utara, Tambora", "Duri Pulo, Gambir")
    page.wait_for_selector("option[value^='Duri Utara']", state="attached")
    assert offered(page) == ["Duri Pulo, Gambir", "Duri Utara, Tambora"]
