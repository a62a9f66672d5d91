"""Where commanders and authors meet late notes: the list, tonight, the duty and its print."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patrols.models import LateNote
from patrols.services.duties import cancel_duty
from patrols.services.late_notes import hand_over_note, mark_note_read
from tests import factories as make
from toolkit.idempotency.sent import Sent

URL = "/patrols/late-notes/"


def hand_over(by, text, duty=None):
    note, _ = hand_over_note(by=by, sent=Sent(), text=text, kind="note", meant_for=duty and duty.pk)
    return note


@pytest.fixture
def note(duty, officer, commander):
    cancel_duty(duty=duty, by=commander, reason="Banjir")
    return hand_over(officer, "Kata kenari", duty)


def shown(response):
    assert response.status_code == 200
    return [row.text for row in response.context["page"].rows]


def test_an_empty_list_says_what_will_stand_there(sign_in, commander):
    page = sign_in(commander).get(URL).content.decode()
    assert "Belum ada catatan susulan" in page


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("commander", True),
        ("chief", True),
        ("superuser", True),
        ("officer", True),  # wrote it
        ("operator", False),
        ("admin_user", False),
        ("volunteer", False),  # in the roll of its duty
        ("neighbour", False),
    ],
)
def test_who_reads_it(sign_in, request, note, duty, who, sees):
    client = sign_in(request.getfixturevalue(who))
    assert shown(client.get(URL)) == (["Kata kenari"] if sees else [])
    for page in ("duty_detail", "duty_log", "duty_share"):
        answer = client.get(reverse(f"patrols:{page}", args=[duty.pk]))
        expected = sees and page != "duty_share"
        assert ("Kata kenari" in answer.content.decode()) is expected, page
    answer = client.get(reverse("patrols:tonight"))
    is_counted = sees and who != "officer"
    assert ("Catatan susulan (" in answer.content.decode().replace('<span class="num">', "")) is (
        is_counted
    )


def test_read_once_and_no_more_counted(sign_in, note, commander, duty):
    client = sign_in(commander)
    page = client.get(reverse("patrols:duty_detail", args=[duty.pk])).content.decode()
    path = reverse("patrols:late_note_read", args=[note.pk])
    assert path in page
    assert client.post(path, {"from_duty": "1"}).url == reverse(
        "patrols:duty_detail", args=[duty.pk]
    )
    assert client.post(path).url == URL
    note.refresh_from_db()
    assert note.read_by == commander
    assert "Catatan susulan" not in client.get(reverse("patrols:tonight")).content.decode()
    page = client.get(URL).content.decode()
    assert path not in page
    assert "dibaca Kapolsek A" in page
    assert shown(client.get(URL, {"read": "no"})) == []
    assert shown(client.get(URL, {"read": "yes"})) == ["Kata kenari"]


def test_its_author_does_not_mark_it_read(sign_in, note, officer):
    client = sign_in(officer)
    path = reverse("patrols:late_note_read", args=[note.pk])
    assert path not in client.get(URL).content.decode()
    assert client.post(path).status_code == 403
    note.refresh_from_db()
    assert note.read_at is None


def test_a_name_finds_and_a_unit_narrows(sign_in, note, chief, neighbour, units):
    hand_over(neighbour, "Tetangga")
    client = sign_in(chief)
    assert shown(client.get(URL)) == ["Tetangga", "Kata kenari"]
    assert shown(client.get(URL, {"q": "bhabin a"})) == ["Kata kenari"]
    assert shown(client.get(URL, {"unit": units.polsek_neighbour.pk})) == ["Tetangga"]
    assert shown(client.get(URL, {"read": "x", "page": "\0"}))


def test_pages_by_key_and_as_many_queries(sign_in, commander, officer, duty):
    client = sign_in(commander)
    counts = []
    for number, more in enumerate((35, 5)):  # over one page from the beginning
        for row in range(more):
            hand_over(officer, f"{number}-{row}", duty)
        with CaptureQueriesContext(connection) as asked:
            client.get(URL)
        detail = reverse("patrols:duty_detail", args=[duty.pk])
        with CaptureQueriesContext(connection) as asked_detail:
            client.get(detail)
        counts.append((len(asked), len(asked_detail)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 8
    first = client.get(URL)
    older = client.get(URL, {"page": first.context["page"].older})
    assert len({*shown(first), *shown(older)}) == LateNote.objects.count() == 40


def test_print_says_who_read_it(sign_in, note, commander, duty):
    mark_note_read(note=note, by=commander)
    page = sign_in(commander).get(reverse("patrols:duty_log", args=[duty.pk])).content.decode()
    assert "dibaca Kapolsek A" in page


def test_a_note_of_another_unit_is_not_there(sign_in, note, units):
    other = make.make_user("Kapolsek Tetangga", units.polsek_neighbour, "commander")
    client = sign_in(other)
    assert shown(client.get(URL)) == []
    assert client.post(reverse("patrols:late_note_read", args=[note.pk])).status_code == 404
