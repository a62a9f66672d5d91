from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import AttendanceStatus
from patrols.selectors.member_attendance import member_attendance
from patrols.workflow import DutyState
from tests import factories as make


def url(group):
    return reverse("partners:group_detail", args=[group.pk])


def make_held_duty(unit, days_ago, minutes, **fields):
    """A duty that lasted so many minutes, so many days ago."""
    starts_at = timezone.now() - timedelta(days=days_ago)
    return make.make_duty(
        unit,
        starts_at=starts_at,
        state=DutyState.ENDED,
        started_at=starts_at,
        ended_at=starts_at + timedelta(minutes=minutes),
        **fields,
    )


@pytest.fixture
def member(group):
    return make.make_member(group, "Pak Budi", role="chair", phone="+6281234567890")


@pytest.fixture
def nights(units, member):
    """The member came to two of three duties, and once without being expected.

    The last two duties do not count: one is too old, one was cancelled.
    """
    statuses = AttendanceStatus
    for days, minutes, status, fields in (
        (3, 150, statuses.PRESENT, {}),
        (5, 90, statuses.LATE, {}),
        (7, 60, statuses.ABSENT, {}),
        (9, 30, statuses.REPLACEMENT, {"expected": False}),
        (100, 600, statuses.PRESENT, {}),
    ):
        duty = make_held_duty(units.polsek, days, minutes)
        at = duty.started_at
        make.make_attendance(duty, member=member, status=status, at=at, **fields)
    off = make.make_duty(units.polsek, starts_at=timezone.now() - timedelta(days=2))
    make.make_attendance(off, member=member)
    type(off).objects.filter(pk=off.pk).update(state=DutyState.CANCELLED)


def test_attendance_is_counted(member, nights, django_assert_num_queries):
    since = timezone.localdate() - timedelta(days=90)
    with django_assert_num_queries(1):
        found = member_attendance([member.pk, 10**9], since)
    assert set(found) == {member.pk}
    assert (found[member.pk].came, found[member.pk].expected) == (3, 3)
    assert found[member.pk].minutes == 150 + 90 + 30


def test_a_running_duty_counts_without_hours(units, member):
    now = timezone.now()
    running = make.make_duty(units.polsek, state=DutyState.RUNNING, started_at=now)
    make.make_attendance(running, member=member, status=AttendanceStatus.PRESENT)
    found = member_attendance([member.pk], date(2020, 1, 1))[member.pk]
    assert (found.came, found.expected, found.minutes) == (1, 1, 0)


def test_a_group_is_shown_with_its_members(officer, sign_in, group, member, nights):
    page = sign_in(officer).get(url(group))
    text = page.content.decode()
    assert 'href="tel:+6281234567890"' in text
    (row,) = page.context["members"]
    assert (row[0], row[1].came, row[2]) == (member, 3, 4.5)
    assert "4,5" in text


def test_members_stand_by_name_and_former_ones_on_request(officer, sign_in, group, member):
    make.make_member(group, "Agus")
    make.make_member(group, "Zaki", is_active=False)

    def names(**query):
        rows = sign_in(officer).get(url(group), query).context["members"]
        return [row[0].name for row in rows]

    assert names() == ["Agus", "Pak Budi"]
    assert names(all="1") == ["Agus", "Pak Budi", "Zaki"]


def test_the_contact_can_be_called(officer, sign_in, units):
    group = make.make_group(
        units.polsek, contact_name="Bu Ani", contact_phone="+6281200000001", note="Baris\ndua"
    )
    text = sign_in(officer).get(url(group)).content.decode()
    assert 'href="tel:+6281200000001"' in text
    assert "Bu Ani" in text
    assert "Baris<br>dua" in text


@pytest.mark.parametrize(
    ("who", "plans", "manages"),
    [
        ("officer", False, False),
        ("commander", True, False),
        ("operator", True, False),
        ("admin_user", True, True),
    ],
)
def test_links_follow_the_rights(request, sign_in, group, member, who, plans, manages):
    text = sign_in(request.getfixturevalue(who)).get(url(group)).content.decode()
    assert (reverse("partners:group_confirm", args=[group.pk]) in text) == plans
    assert (reverse("partners:member_edit", args=[member.pk]) in text) == plans
    change = reverse("admin:partners_partnergroup_change", args=[group.pk])
    assert (change in text) == manages


@pytest.mark.parametrize("who", ["neighbour", "officer_east", "volunteer", "nobody"])
def test_outside_the_scope_there_is_no_such_group(request, sign_in, group, who):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url(group)).status_code == 404
    assert client.get(reverse("partners:group_detail", args=[10**12])).status_code == 404


def test_statements_do_not_grow(
    officer, sign_in, group, nights, django_assert_num_queries, django_assert_max_num_queries
):
    client = sign_in(officer)
    with django_assert_max_num_queries(8) as before:
        client.get(url(group))
    for _ in range(5):
        make.make_member(group, user=make.make_user())
    with django_assert_num_queries(len(before.captured_queries)):
        client.get(url(group))
