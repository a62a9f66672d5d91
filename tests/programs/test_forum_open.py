"""What a resident sees and sends who scans the QR, without an account."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from programs.models import ResidentIssue
from programs.services import issues
from programs.services.forums import cancel_forum
from programs.views import public
from tests import factories as make
from tests.programs.test_forums import ended, forum, said  # noqa: F401
from tests.programs.test_issues import promise
from tests.two_people import words_of

CANARY = "kenari-4711"


def url(row):
    return reverse("programs:forum_open", args=[row.key])


def sent(**fields):
    return {"kind": "complaint", "text": "Jalan gelap", "client_uuid": str(uuid.uuid4()), **fields}


def test_without_an_account_and_once(client, forum):  # noqa: F811
    body = sent()
    for _tap in range(2):
        assert client.post(url(forum), body).url == url(forum)
    issue = ResidentIssue.objects.get()
    assert (issue.author, issue.forum, issue.text) == (None, forum, "Jalan gelap")
    answer = client.post(url(forum), sent(client_uuid=body["client_uuid"], text="Lain"))
    assert answer.status_code == 409
    assert "Lain" in words_of(answer)


def test_no_name_is_asked_and_nobody_is_kept(client, forum):  # noqa: F811
    form = client.get(url(forum)).context["form"]
    assert set(form.fields) <= {"kind", "text", "rw", "rt", "client_uuid", "device_at", "sent_at"}


@pytest.mark.parametrize("text", ["", " "])
def test_errors_stand_at_their_fields(client, forum, text):  # noqa: F811
    answer = client.post(url(forum), sent(text=text))
    assert list(answer.context["form"].errors) == ["text"]


def test_not_cached_and_not_indexed(client, forum):  # noqa: F811
    answer = client.get(url(forum))
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert 'name="robots" content="noindex"' in answer.content.decode()


def test_a_guessed_address(client, db):
    path = reverse("programs:forum_open", args=[uuid.uuid4()])
    assert client.get(path).status_code == client.post(path, sent()).status_code == 404


def test_after_twelve_hours_it_is_only_read(client, forum, operator):  # noqa: F811
    issue = said(forum)
    issues.publish_issue(issue=issue, by=operator, public_text="Jalan gelap di RW 05")
    ended(forum, 13)
    page = client.get(url(forum))
    assert not page.context["takes_words"]
    assert "Jalan gelap di RW 05" in words_of(page)
    answer = client.post(url(forum), sent(text="Terlambat"))
    assert "tidak bisa lagi" in words_of(answer)
    assert ResidentIssue.objects.count() == 1


def test_called_off(client, forum, officer):  # noqa: F811
    cancel_forum(forum=forum, by=officer)
    page = client.get(url(forum))
    assert "dibatalkan" in words_of(page)
    assert not page.context["takes_words"]


def test_too_much_from_one_phone(client, forum, monkeypatch):  # noqa: F811
    monkeypatch.setattr(public, "WORDS", public.WORDS._replace(most=2))
    statuses = [client.post(url(forum), sent(text=f"Keluhan {n}")).status_code for n in range(3)]
    assert statuses == [302, 302, 429]
    assert ResidentIssue.objects.count() == 2


def test_only_published_words_are_public(client, forum, officer, operator):  # noqa: F811
    """The canary stands in everything that the unit has not published."""
    hidden = said(forum, f"Rahasia {CANARY}")
    promise(hidden, officer, answer=f"Janji {CANARY}", promised_by=f"Kanit {CANARY}", owner=officer)
    shown = said(forum, f"Lampu mati, telepon 081234567890, {CANARY}")
    shown = promise(shown, officer, answer=f"Dipasang oleh {CANARY}", owner=officer)
    issues.publish_issue(
        issue=shown,
        by=operator,
        public_text="Lampu mati, hubungi 081234567890",
        public_answer="Dipasang minggu ini",
    )
    page = client.get(url(forum)).content.decode()
    assert CANARY not in page
    assert officer.name not in page
    assert "0812" not in page
    for part in ("Lampu mati", "Dipasang minggu ini", "Dijanjikan"):
        assert part in page
    # What is answered later is public only once it is published.
    issues.finish_issue(issue=shown, by=officer, answer=f"Sudah {CANARY}")
    assert CANARY not in client.get(url(forum)).content.decode()
    issues.unpublish_issue(issue=shown, by=operator)
    assert "Lampu mati" not in client.get(url(forum)).content.decode()


def test_another_meeting_shows_nothing_of_it(client, forum, units, operator):  # noqa: F811
    issues.publish_issue(issue=said(forum), by=operator, public_text="Lampu mati")
    unit = units.polsek_neighbour
    other = make.make_forum(unit, make.make_user("X", unit, "officer"))
    assert "Lampu mati" not in client.get(url(other)).content.decode()


def test_no_place_finer_than_the_village(client, forum, operator):  # noqa: F811
    village = make.make_area("31.73.04.1001", "Duri Utara")
    issue = said(forum, village=village, rw=77, rt=66)
    issues.publish_issue(issue=issue, by=operator, public_text="Lampu mati")
    words = words_of(client.get(url(forum)))
    assert "077" not in words
    assert "066" not in words


def test_a_token_is_needed(forum):  # noqa: F811
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url(forum), sent()).status_code == 403


def test_queries(client, forum, operator, django_assert_max_num_queries):  # noqa: F811
    for number in range(10):
        issue = said(forum, f"Keluhan {number}")
        issues.publish_issue(issue=issue, by=operator, public_text=f"Keluhan {number}")
    with django_assert_max_num_queries(3):
        client.get(url(forum))
