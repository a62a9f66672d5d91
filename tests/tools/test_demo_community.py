"""The demo's community work: every page of it has something to show."""

from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from accounts.models import User
from programs.models import Activity, Forum, InstructionReceipt, ResidentIssue
from programs.workflow import IssueState
from reports.models import Report, Source
from tests.roles import owner_role
from tools.demo import community, patrol_setting
from tools.demo.management.commands import load_demo

UNTIL = date(2026, 1, 16)


@pytest.fixture(scope="module")
def output(django_db_setup, django_db_blocker):
    """Seeds and a demo of few duties and reports, and what the command printed."""
    with (
        django_db_blocker.unblock(),
        override_settings(KAMTIBMAS_DEMO=True),
        pytest.MonkeyPatch.context() as patch,
        owner_role(),
        transaction.atomic(),
    ):
        plans = [replace(plan, nights=7) for plan in patrol_setting.PLANS]
        patch.setattr(patrol_setting, "PLANS", plans)
        patch.setattr(load_demo, "COUNT", 300)
        call_command("load_seeds", verbosity=0)
        out = StringIO()
        call_command("load_demo", until=UNTIL, stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _loaded(db, output):
    pass


def test_what_officers_did_in_sixty_days(output):
    count = Activity.objects.filter(forum=None).count()
    assert f"activities: {count}" in output
    assert 200 < count < 400
    kinds = Counter(Activity.objects.values_list("kind__code", flat=True))
    assert set(kinds) == {*community.KINDS, "friday_talk"}
    assert Activity.objects.values("author").distinct().count() == 9
    days = Activity.objects.datetimes("at", "day")
    assert (UNTIL - days[0].date()).days == community.DAYS
    assert max(Activity.objects.values_list("received_at", flat=True)).date() <= UNTIL


def test_issues_stand_in_every_state():
    assert {*ResidentIssue.objects.values_list("state", flat=True)} == {*IssueState}
    assert sum(issue.days_late > 0 for issue in ResidentIssue.objects.all())
    for issue in ResidentIssue.objects.all():
        events = list(issue.timeline.all())
        assert events[-1].to_state == issue.state
        assert [event.from_state for event in events[1:]] == [e.to_state for e in events[:-1]]
        assert all(event.at.date() <= UNTIL for event in events)


def test_one_issue_became_a_report():
    report = Report.objects.get(source=Source.COMMUNITY)
    assert report.issue.issue.state == IssueState.NEW


def test_a_meeting_was_held_and_one_is_planned():
    states = list(Forum.objects.order_by("starts_at").values_list("state", flat=True))
    assert states == ["held", "planned"]
    assert Forum.objects.get(state="held").issues.count() == 2


def test_some_have_read_the_instruction():
    states = Counter(InstructionReceipt.objects.values_list("state", flat=True))
    assert states == {"passed": 1, "read": 4, "sent": 5}


@pytest.mark.parametrize(
    ("who", "name", "query", "text"),
    [
        ("bhabin.angke", "activity_list", "", "Sambang"),
        ("kapolsek.tambora", "activity_list", "", "Sambang"),
        ("kapolsek.tambora", "coverage", "", "Angke"),
        ("kapolsek.tambora", "issue_list", "", "KW-"),
        ("bhabin.angke", "forum_list", "", "Jumat Curhat"),
        ("bhabin.angke", "instruction_list", "", "ATENSI/01/DEMO"),
        ("kapolres.jakbar", "instruction_list", "?whose=ours", "ATENSI/01/DEMO"),
    ],
)
def test_the_pages_show_it(client, who, name, query, text):
    client.force_login(User.objects.get(username=who))
    answer = client.get(reverse(f"programs:{name}") + query)
    assert text in answer.content.decode()
