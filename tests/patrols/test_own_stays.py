"""The current point belongs to a person, and who is marked absent is asked before writing."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import LogEntry
from patrols.selectors.log import round_of
from patrols.services.entries import EntryDraft, MarkedAbsent, log_entry
from patrols.services.findings import report_finding
from tests import factories as make


def check_in(client, duty, point, **words):
    place = {"checkpoint": point.pk, "lat": str(point.lat), "lon": str(point.lon)}
    url = reverse("patrols:check_in", args=[duty.pk])
    return client.post(url, {**place, "client_uuid": str(uuid.uuid4()), **words})


@pytest.fixture
def marked(running_duty, volunteer):
    """``marked(status)`` gives the volunteer's row in the roll, marked so."""

    def mark(status):
        row = running_duty.attendances.get(member=volunteer.membership)
        row.status, row.at = status, timezone.now()
        row.save()
        return row

    return mark


def test_a_check_in_ends_only_the_same_persons_stay(sign_in, officer, volunteer, running_duty):
    first, second, third = running_duty.route.checkpoints.all()
    check_in(sign_in(officer), running_duty, first)
    client = sign_in(volunteer)
    check_in(client, running_duty, second)
    check_in(client, running_duty, third)
    own = LogEntry.objects.get(author=officer, kind="check_in")
    assert own.left_at is None
    assert round_of(running_duty, officer).current == own
    assert round_of(running_duty, volunteer).current.checkpoint == third
    client.post(reverse("patrols:checkpoint_leave", args=[running_duty.pk]))
    own.refresh_from_db()
    assert own.left_at is None
    assert round_of(running_duty, volunteer).current is None


def test_a_finding_is_where_its_author_was(sign_in, officer, volunteer, running_duty):
    make.make_category("other")
    first, second, _third = running_duty.route.checkpoints.all()
    check_in(sign_in(officer), running_duty, first)
    check_in(sign_in(volunteer), running_duty, second)
    finding = make.make_entry(running_duty, officer, kind="finding", text="Botol miras")
    assert report_finding(entry=finding, by=officer)[0].place == str(first)


@pytest.mark.parametrize("status", ["excused", "absent"])
def test_a_volunteer_marked_absent_is_asked_before_checking_in(
    sign_in, volunteer, running_duty, marked, status
):
    row = marked(status)
    client = sign_in(volunteer)
    point = running_duty.route.checkpoints.first()
    asked = check_in(client, running_duty, point)
    assert asked.status_code == 409
    assert not LogEntry.objects.filter(kind="check_in").exists()
    again = dict(asked.context["sent"])
    url = reverse("patrols:check_in", args=[running_duty.pk])
    assert client.post(url, again | {"though_absent": "on"}).status_code == 302
    assert LogEntry.objects.get(kind="check_in").checkpoint == point
    row.refresh_from_db()
    assert row.status == status  # only who runs the duty corrects it


@pytest.mark.parametrize("page", ["entry_add", "duty_nil"])
def test_every_kind_of_entry_asks(sign_in, volunteer, running_duty, marked, page):
    marked("excused")
    client = sign_in(volunteer)
    url = reverse(f"patrols:{page}", args=[running_duty.pk])
    words = {"kind": "note", "text": "Hujan", "client_uuid": str(uuid.uuid4())}
    count = LogEntry.objects.count()
    assert client.post(url, words).status_code in (200, 409)
    assert LogEntry.objects.count() == count
    assert client.post(url, words | {"though_absent": "on"}).status_code == 302
    assert LogEntry.objects.count() == count + 1


def test_the_form_asks_when_it_is_opened(sign_in, volunteer, running_duty, marked):
    url = reverse("patrols:entry_add", args=[running_duty.pk])
    client = sign_in(volunteer)
    assert 'type="checkbox" name="though_absent"' not in client.get(url).text
    marked("excused")
    assert 'type="checkbox" name="though_absent"' in client.get(url).text


@pytest.mark.parametrize("status", ["", "present", "late", "replacement"])
def test_others_are_not_asked(volunteer, running_duty, marked, status):
    if status:
        marked(status)
    draft = EntryDraft(kind="note", text="Hujan")
    assert log_entry(duty=running_duty, by=volunteer, draft=draft)[1]


def test_a_retry_of_a_confirmed_entry_is_not_asked_again(volunteer, running_duty, marked):
    marked("absent")
    draft = EntryDraft(kind="note", text="Hujan")
    with pytest.raises(MarkedAbsent):
        log_entry(duty=running_duty, by=volunteer, draft=draft)
    log_entry(duty=running_duty, by=volunteer, draft=draft, though_absent=True)
    assert not log_entry(duty=running_duty, by=volunteer, draft=draft)[1]
