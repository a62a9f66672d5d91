"""Every POST of a citizen leads on with a redirect, so that the way back works."""

import re

import pytest
from django.urls import reverse

from reports.models import Report
from reports.views.draft_cookie import NAME
from tests import factories as make
from tests.reports.citizen import FILL, RECEIPT, SEND, TRACK, choose, form_data, give_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def categories(units, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.make_category("noise_dispute", label="Tetangga ribut", synonyms=["sound horeg"])
    make.make_category("domestic_violence", label="Kekerasan di rumah", is_sealed=True)
    make.make_category("other", label="Lainnya", group="other")
    make.make_area("31.73", "Jakarta Barat")
    make.make_area("31.73.04", "Tambora")
    make.make_area("31.73.04.1005", "Duri Utara", lat=-6.15, lon=106.81)


@pytest.mark.parametrize(
    ("path", "sent", "leads_to"),
    [
        (SEND, {"step": "search", "words": "sound horeg"}, SEND),
        (SEND, {"step": "choose", "category": "noise_dispute"}, FILL),
        (SEND, {"step": "choose", "category": "tidak-ada"}, f"{SEND}?belum"),
        (SEND, {}, f"{SEND}?belum"),
        (FILL, {"step": "change", "category": "noise_dispute", "text": "Ribut"}, SEND),
        (FILL, {"step": "send", "category": "tidak-ada", "text": "Ribut"}, f"{SEND}?belum"),
    ],
)
def test_a_post_answers_with_a_redirect(client, path, sent, leads_to):
    answer = client.post(path, sent)
    assert answer.status_code in (302, 303)
    assert answer.url == leads_to


def test_a_report_leads_to_the_receipt_and_the_choice_is_gone(client):
    choose(client, "noise_dispute")
    assert client.cookies[NAME].value
    answer = client.post(FILL, form_data())
    assert (answer.status_code, answer.url) == (303, RECEIPT)
    assert client.cookies[NAME].value == ""
    assert client.get(FILL).url == SEND


def test_the_form_can_be_asked_for_again(client):
    """As Back and a reload do."""
    choose(client, "noise_dispute")
    for _again in range(2):
        assert "Tetangga ribut" in client.get(FILL).content.decode()


def test_without_a_choice_the_form_leads_to_the_tiles(client):
    assert client.get(FILL).url == SEND


def test_the_cookie_tells_nothing(client):
    choose(client, "domestic_violence")
    cookie = client.cookies[NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]
    assert "domestic" not in cookie.value
    client.post(FILL, {"step": "change", "category": "domestic_violence", "text": "rahasia " * 9})
    assert "rahasia" not in client.cookies[NAME].value


@pytest.mark.parametrize("value", ["", "x", "gAAAAA", "\x00", "é" * 50, "a" * 4000])
def test_a_cookie_of_somebody_else_is_no_error(client, value):
    client.cookies[NAME] = value
    assert client.get(SEND).status_code == 200
    assert client.get(FILL).url == SEND


def test_the_quick_exit_removes_the_choice(client):
    choose(client, "domestic_violence")
    client.post(reverse("reports:report_leave"))
    assert client.cookies[NAME].value == ""


def test_words_too_long_for_a_cookie_do_not_break_the_way(client):
    words = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(4000))
    answer = client.post(FILL, form_data(step="change", text=words), follow=True)
    assert answer.status_code == 200
    assert "Duri Utara" in choose(client, "other").content.decode()


def test_a_form_of_an_older_page_is_still_taken(client):
    """Before 2026-12 the form was sent to the address of the tiles."""
    assert client.post(SEND, form_data()).url == RECEIPT
    assert Report.objects.count() == 1


def test_too_many_photos_lead_back_to_the_form(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    from tests.pictures import jpeg

    answer = client.post(FILL, form_data(photos=[jpeg() for _ in range(4)]))
    assert answer.status_code == 413
    assert f'href="{FILL}"' in answer.content.decode()


def test_a_body_too_large_leads_back_to_the_form(client, settings):
    settings.MAX_BODY_BYTES = 100
    answer = client.post(FILL, form_data(text="x" * 200))
    assert answer.status_code == 413
    assert f'href="{FILL}"' in answer.content.decode()


def visit_of(page):
    return re.search(r'name="visit" value="(\w+)"', page.content.decode())[1]


def test_a_stale_token_shows_the_words_and_the_way_back(client):
    visit = visit_of(choose(client, "noise_dispute"))
    client.handler.enforce_csrf_checks = True
    answer = client.post(FILL, form_data(text="Warga <i>ribut</i> di gang", visit=visit))
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "Warga &lt;i&gt;ribut&lt;/i&gt; di gang" in html
    assert f'href="{FILL}"' in html


@pytest.mark.parametrize("begins_again", [False, True])
def test_a_form_of_a_visit_that_was_left_shows_no_words(client, begins_again):
    """The browser sends it again when somebody reloads a page of its history."""
    visit = visit_of(choose(client, "domestic_violence"))
    client.post(reverse("reports:report_leave"))
    if begins_again:
        assert visit_of(choose(client, "domestic_violence")) != visit
    client.handler.enforce_csrf_checks = True
    for path in (SEND, FILL):
        answer = client.post(path, form_data(text="Kenari", words="Kenari", visit=visit))
        assert (answer.status_code, answer.url, answer.content) == (302, SEND, b"")
    assert not Report.objects.exists()


@pytest.mark.parametrize("name", ["report_track", "track_note", "track_dispute", "track_rate"])
def test_neither_do_words_about_a_report_that_was_left(client, name):
    client.handler.enforce_csrf_checks = True
    sent = {"code": "LW-7F3K-92QX-4MPD", "text": "Kenari", "reason": "Kenari"}
    answer = client.post(reverse(f"reports:{name}"), sent)
    assert (answer.status_code, answer.url, answer.content) == (302, TRACK, b"")
    give_code(client, "LW-7F3K-92QX-4MPD")
    assert "Kenari" in client.post(reverse(f"reports:{name}"), sent).content.decode()


def test_the_visit_lasts_from_the_kind_to_the_refused_form(client):
    visit = visit_of(choose(client, "noise_dispute"))
    assert visit_of(client.get(FILL)) == visit
    assert visit_of(client.post(FILL, form_data(village_name="", visit=visit))) == visit
