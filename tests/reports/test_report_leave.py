import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from reports.views.code_cookie import NAME
from tests import factories as make
from tests.reports.citizen import give_code

pytestmark = pytest.mark.django_db
AREAS, LEAVE = reverse("reports:area_search"), reverse("reports:report_leave")


def test_away_at_once_and_nothing_stays(client, django_assert_num_queries):
    give_code(client, "LW-7F3K-92QX-4MPD")
    client.cookies["csrftoken"] = "k" * 32
    with django_assert_num_queries(0):
        answer = client.post(LEAVE)
    assert (answer.status_code, answer.url) == (303, "https://www.bmkg.go.id/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Clear-Site-Data"] == '"cache"'  # an officer's entries may wait in the storage
    assert "no-store" in answer["Cache-Control"]
    left = {name: (cookie.value, cookie["max-age"]) for name, cookie in answer.cookies.items()}
    ours = (NAME, "isian", "csrftoken", "sessionid", "messages", "theme")
    assert left == dict.fromkeys(ours, ("", 0))


@pytest.mark.parametrize("cookies", ["a[b]=1", "=", "a b=c", "\xe9=\xe9", "laporan", ";;;"])
def test_odd_cookies_of_others_are_left_alone(client, cookies):
    answer = client.post(LEAVE, HTTP_COOKIE=cookies)
    assert answer.status_code == 303
    assert len(answer.cookies) == 6


def test_issue_8_line_13_the_session_ends_on_the_server(client, officer):
    client.force_login(officer)
    kept = client.cookies["sessionid"].value
    client.post(LEAVE)
    assert not Session.objects.exists()
    stolen = Client()
    stolen.cookies["sessionid"] = kept
    assert stolen.get(reverse("reports:report_list")).status_code == 302


@pytest.mark.parametrize(
    "name", ["reports:report_leave", "reports:track_forget", "account_logout", "admin:logout"]
)
@pytest.mark.parametrize("ask", ["get", "head", "post", "put"])
def test_issue_8_line_13_no_other_page_signs_anybody_out(officer, name, ask):
    """Neither a link nor a form of another site, which does not know the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    answer = getattr(client, ask)(reverse(name))
    assert "Clear-Site-Data" not in answer.headers
    assert "sessionid" not in answer.cookies
    assert client.get(reverse("reports:report_list")).status_code == 200


@pytest.mark.parametrize("ask", ["get", "post"])
def test_the_exit_leads_away_even_without_its_token(ask):
    """A page that was open when another tab left must not show an error, nor what was typed."""
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, ask)(LEAVE)
    assert (answer.status_code, answer.url) == (303, "https://www.bmkg.go.id/")
    assert answer.content == b""


def test_browsers_follow_the_form_to_the_other_site(client):
    policy = client.get(reverse("home")).headers["Content-Security-Policy"]
    assert "form-action 'self' https://www.bmkg.go.id/" in policy


@pytest.mark.parametrize("name", ["report_leave", "track_forget", "account_logout"])
def test_every_way_out_takes_what_was_typed_along(name):
    """In all templates: the form that leaves empties what the tab has kept of forms."""
    forms = [
        form
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for form in re.findall(r"<form[^>]*>", path.read_text())
        if name in form
    ]
    assert forms
    for form in forms:
        assert 'method="post"' in form
        assert "data-drop-kept" in form or "data-exit" in form, form


def test_no_cookie_of_a_visit_outlives_the_browser(client):
    client.get(reverse("home"))
    assert {name: cookie["max-age"] for name, cookie in client.cookies.items()} == {"csrftoken": ""}


# Names of villages while typing: area_search


def test_names_to_choose_from(client, django_assert_num_queries):
    make.make_area("31.73", "Jakarta Barat")
    make.make_area("31.73.04", "Tambora")
    make.make_area("31.73.04.1005", "Duri Utara")
    with django_assert_num_queries(1):
        answer = client.post(AREAS, {"village_name": "duri"})
    assert answer.json() == ["Duri Utara, Tambora, Jakarta Barat"]
    assert len(answer.content) < 2000
    assert client.get(AREAS).url == reverse("reports:report_send")
    for odd in ("", "d", "\x00", "%", "x" * 10_000, "duri\x00"):
        assert client.post(AREAS, {"village_name": odd}).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        "duri utara tambora jakarta barat",
        "tambora, jakarta barat, duri utara",
        "kel. duri utara rt 05/03 kec. tambora",
        "dekat warung bu siti di gang tambora dekat jembatan lama",
        " ".join(["duri"] * 50),
        ", ".join(["duri"] * 50),
    ],
)
def test_issue_8_line_13_a_search_is_one_query(client, typed, django_assert_num_queries):
    make.make_area("31.73", "Jakarta Barat")
    make.make_area("31.73.04", "Tambora")
    make.make_area("31.73.04.1005", "Duri Utara")
    with django_assert_num_queries(1):
        client.post(AREAS, {"village_name": typed})


@pytest.mark.parametrize("typed", ["", "du", "d.", "\x00"])
def test_two_letters_ask_nothing(client, typed, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.post(AREAS, {"village_name": typed}).json() == []
