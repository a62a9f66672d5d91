"""Who sees the rows of which unit, by kind of posting and by role."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import Absence, AccessEvent, AccessKind, Posting, User
from accounts.roles import EVERYTHING, GRANTS, Action, Role
from partners.models import GroupKind, GroupMember, PartnerGroup
from patrols.models import (
    Attendance,
    Checkpoint,
    Duty,
    DutyPhoto,
    EntryPhoto,
    FindingReport,
    GuardPost,
    ItemCheck,
    LateNote,
    LateNotePhoto,
    LogEntry,
    PlannedStop,
    PostFault,
    PostHandover,
    PostHours,
    PostItem,
    Route,
    Schedule,
    ShareTemplate,
    SuggestedStop,
    Swap,
)
from programs.models import (
    Activity,
    ActivityKind,
    ActivityPhoto,
    ActivityResident,
    Forum,
    ForumSignIn,
    Instruction,
    InstructionReceipt,
    IssueEvent,
    IssueReport,
    ReceiptEvent,
    ResidentIssue,
    ResidentOpening,
    Sheet,
    SheetLine,
)
from reports.models import (
    Category,
    ContactAccess,
    Handover,
    Hotspot,
    HotspotProposal,
    Report,
    ReportContact,
    ReportEvent,
    ReportPhoto,
)
from territory.models import Area, Boundary, Unit, UnitKind
from territory.scope import Grant, Scope
from tests import factories as make

TODAY = timezone.localdate
ALL = {
    "mabes",
    "polda",
    "polres",
    "polres_other",
    "polsek",
    "polsek_neighbour",
    "polsek_other",
    "polda_east",
    "polsek_east",
    "subsektor",
}
WITHIN = {
    "mabes": ALL,
    "polda": ALL - {"mabes", "polda_east", "polsek_east"},
    "polres": {"polres", "polsek", "polsek_neighbour", "subsektor"},
    "polsek": {"polsek", "subsektor"},
    "polsek_neighbour": {"polsek_neighbour"},
    "subsektor": {"polsek", "subsektor"},
    "polsek_east": {"polsek_east"},
}


@pytest.fixture
def places(units):
    units.subsektor = make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)
    return units


def as_in_next_request(user):
    """The person without the scope that was read before."""
    return User.objects.get(pk=user.pk)


def make_posted_user(unit, role=Role.OFFICER, **fields):
    return as_in_next_request(make.make_user(unit=unit, role=role, **fields))


def make_duty_of_each_unit(places):
    """Each duty is named after its unit."""
    for name in ALL:
        make.make_duty(getattr(places, name), name)


def names(rows):
    return set(rows.values_list("name", flat=True))


def test_the_table_of_roles_is_pinned():
    view, log, run, plan, review, manage, unseal = Action
    assert {
        Role.OFFICER: {view, log, run},
        Role.COMMANDER: {view, log, run, plan, review},
        Role.OPERATOR: {view, log, run, plan},
        Role.ADMIN: {view, plan, manage},
    } == GRANTS
    assert set(GRANTS) == set(Role.values)
    # Neither a role nor a superuser opens sealed reports: only a posting does.
    assert set(Action) - {unseal} == EVERYTHING


@pytest.mark.parametrize("at", WITHIN)
def test_a_posting_opens_its_subtree(places, at):
    make_duty_of_each_unit(places)
    user = make_posted_user(getattr(places, at))
    assert names(Duty.objects.in_scope(user)) == WITHIN[at]
    assert names(Duty.objects.visible_to(user)) == WITHIN[at]
    for duty in Duty.objects.all():
        assert user.may(Action.VIEW, duty) is (duty.name in WITHIN[at])


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("action", list(Action))
def test_a_role_grants_its_actions_inside_only(places, role, action):
    user = make_posted_user(places.polres, role)
    inside, outside = make.make_duty(places.polsek), make.make_duty(places.polsek_other)
    assert user.may(action, inside) is (action in GRANTS[role])
    assert not user.may(action, outside)
    assert (user.scope.rows(action=action) is not None) is (action in GRANTS[role])


def test_two_postings_open_both_subtrees_and_no_more(places):
    make_duty_of_each_unit(places)
    user = make_posted_user(places.polsek_neighbour)
    make.make_posting(user, places.polsek_other, Role.OPERATOR)
    user = as_in_next_request(user)
    assert names(Duty.objects.in_scope(user)) == {"polsek_neighbour", "polsek_other"}
    by_name = {duty.name: duty for duty in Duty.objects.all()}
    assert user.may(Action.PLAN, by_name["polsek_other"])
    # What the other posting grants does not count here.
    assert not user.may(Action.PLAN, by_name["polsek_neighbour"])
    assert Action.PLAN in user.scope.actions
    assert set(Unit.objects.where_may(user, Action.PLAN)) == {places.polsek_other}
    assert set(Unit.objects.where_may(user, Action.LOG)) == {
        places.polsek_neighbour,
        places.polsek_other,
    }


@pytest.mark.parametrize(
    ("starts", "ends", "is_open"),
    [
        (-30, None, True),
        (-30, 0, True),
        (0, None, True),
        (0, 0, True),
        (-30, -1, False),
        (1, None, False),
        (1, 30, False),
    ],
)
def test_only_postings_of_today_open_anything(places, starts, ends, is_open):
    today = TODAY()
    user = make_posted_user(
        places.polsek,
        Role.ADMIN,
        starts_on=today + timedelta(days=starts),
        ends_on=None if ends is None else today + timedelta(days=ends),
    )
    duty = make.make_duty(places.polsek)
    assert user.may(Action.VIEW, duty) is is_open
    assert Duty.objects.in_scope(user).exists() is is_open
    assert user.is_staff is is_open
    assert User.objects.posted_in(places.polsek).filter(pk=user.pk).exists() is is_open
    active = Posting.objects.active().filter(user=user)
    assert active.exists() is is_open


def test_an_inactive_person_has_no_scope(places):
    for role in Role.values:
        user = make_posted_user(places.polsek, role, is_active=False)
        assert user.scope == Scope()
        assert not user.is_staff
        assert not Duty.objects.in_scope(user).exists()
    chief = make.make_user(is_superuser=True, is_active=False)
    assert not chief.is_staff
    assert chief.scope == Scope()
    assert not User.objects.posted_in(places.polsek).exists()


def test_a_superuser_sees_and_may_everything(places, superuser):
    make_duty_of_each_unit(places)
    assert names(Duty.objects.in_scope(superuser)) == ALL
    assert names(Duty.objects.visible_to(superuser)) == ALL
    for duty in Duty.objects.all():
        assert {action for action in Action if superuser.may(action, duty)} == EVERYTHING
    assert superuser.is_staff


def test_a_person_without_posting_sees_nothing(places, nobody):
    make_duty_of_each_unit(places)
    assert not Duty.objects.visible_to(nobody).exists()
    assert not Unit.objects.visible_to(nobody).exists()
    assert nobody.scope.rows() is None
    assert not nobody.is_staff


def test_a_subsektor_without_a_polsek_opens_nothing(places):
    """The database refuses such a unit. If there were one, it would open nothing."""
    unit = Unit(pk=0, kind=UnitKind.SUBSEKTOR, polda_id=places.polda.pk)
    grant = Posting(unit=unit, role=Role.ADMIN).grant()
    assert grant == Grant("polsek", 0, GRANTS[Role.ADMIN], (0, places.polda.pk), 0)
    assert not any(grant.covers(row) for row in (places.polda, places.polsek, places.mabes))


def test_the_scope_is_read_once(places, django_assert_num_queries):
    user = make_posted_user(places.polsek)
    duty = make.make_duty(places.polsek)
    with django_assert_num_queries(1):
        assert all(user.may(Action.VIEW, duty) for _ in range(5))


@pytest.mark.parametrize(
    ("at", "above"),
    [
        ("subsektor", ["subsektor", "polsek", "polres", "polda"]),
        ("polsek", ["polsek", "polres", "polda"]),
        ("polda", ["polda"]),
        ("mabes", ["mabes"]),
    ],
)
def test_a_person_belongs_to_the_unit_and_to_those_above(places, at, above):
    [grant] = make_posted_user(getattr(places, at)).scope.grants
    assert grant.lineage == tuple(getattr(places, name).pk for name in above)


def test_only_a_posting_opens_sealed_reports(places, superuser):
    duty, elsewhere = make.make_duty(places.polsek), make.make_duty(places.polsek_other)
    keeper = make_posted_user(places.polsek, Role.COMMANDER, opens_sealed=True)
    make.make_posting(keeper, places.polsek_other, Role.COMMANDER)
    keeper = as_in_next_request(keeper)
    assert keeper.may(Action.UNSEAL, duty)
    assert not keeper.may(Action.UNSEAL, elsewhere)
    assert keeper.may(Action.REVIEW, elsewhere)
    make.make_posting(superuser, places.polsek, Role.COMMANDER, opens_sealed=True)
    assert not as_in_next_request(superuser).may(Action.UNSEAL, duty)


# The scope methods of every model, with a row at Polsek A


def one_row_of_each(unit):
    user = make_posted_user(unit)
    group = make.make_group(unit)
    duty = make.make_duty(unit, state="running", started_at=timezone.now())
    make.make_attendance(duty, officer=user)
    entry = make.make_entry(duty, user)
    report = make.make_report(unit, privacy="officers", contact_name="Kenari")
    mabes = Unit.objects.get(is_fallback=True)
    post = make.make_post(unit)
    item, night = make.make_item(post), make.make_post_night(unit, user, post=post, expected=False)
    handover = make.make_handover(night, user, lines=[(item, 0, "missing")])
    activity = make.make_activity(unit, user)
    issue, forum = make.make_issue(unit, user), make.make_forum(unit, user)
    head = make.make_user(unit=unit, role="commander")
    instruction = make.make_instruction(unit, head, people=[user])
    receipt = instruction.receipts.get()
    return {
        Instruction: instruction,
        InstructionReceipt: receipt,
        ReceiptEvent: receipt.timeline.get(),
        Activity: activity,
        ResidentOpening: ResidentOpening.objects.create(
            activity=activity, by=user, at=timezone.now()
        ),
        Unit: unit,
        User: user,
        Absence: make.make_absence(user),
        Posting: user.postings.get(),
        AccessEvent: AccessEvent.objects.create(
            person=user, by=user, unit=unit, kind=AccessKind.LINK_MADE
        ),
        PartnerGroup: group,
        GroupMember: make.make_member(group),
        Route: make.make_route(unit),
        Checkpoint: make.make_route(unit, checkpoints=1).checkpoints.get(),
        PlannedStop: PlannedStop.objects.create(
            duty=duty,
            checkpoint=make.make_route(unit, checkpoints=1).checkpoints.get(),
            number=1,
            name="Titik",
            minutes=12,
        ),
        SuggestedStop: SuggestedStop.objects.create(
            duty=duty, hotspot=make.make_hotspot(unit), at=duty.starts_at, minutes=12
        ),
        GuardPost: post,
        PostHours: make.make_hours(post),
        PostItem: item,
        PostFault: make.make_fault(post, user),
        PostHandover: handover,
        ItemCheck: handover.lines.get(),
        Schedule: make.make_schedule(unit),
        Duty: duty,
        Attendance: duty.attendances.get(),
        LateNote: make.make_late_note(duty, user),
        LogEntry: entry,
        ShareTemplate: ShareTemplate.objects.create(unit=unit, duty_text="x", entry_text="y"),
        Swap: Swap.objects.create(
            duty=duty, asker=user, other=make.make_user(), asked_at=duty.starts_at
        ),
        Hotspot: make.make_hotspot(unit),
        HotspotProposal: make.make_proposal(unit),
        Report: report,
        ReportEvent: report.timeline.get(),
        ReportContact: report.contact,
        ContactAccess: ContactAccess.objects.create(
            report=report, unit=unit, by=user, reason="Menelepon"
        ),
        Handover: Handover.objects.create(
            report=report, unit=unit, to_unit=mabes, at=report.reported_at
        ),
        FindingReport: FindingReport.objects.create(entry=entry, report=report, by=user),
        Forum: forum,
        ForumSignIn: ForumSignIn.objects.create(forum=forum, at=forum.starts_at),
        ResidentIssue: issue,
        IssueEvent: issue.timeline.get(),
        IssueReport: IssueReport.objects.create(
            issue=issue, report=report, by=user, at=report.reported_at
        ),
    }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("officer", True),
        ("commander", True),
        ("operator", True),
        ("admin_user", True),
        ("chief", True),
        ("superuser", True),
        ("neighbour", False),
        ("officer_east", False),
        ("volunteer", False),
        ("nobody", False),
    ],
)
def test_scope_methods_of_every_model(request, units, who, sees):
    user = as_in_next_request(request.getfixturevalue(who))
    rows_of = one_row_of_each(units.polsek)
    late_note = rows_of.pop(LateNote)
    reads = who in {"commander", "chief", "superuser"}
    assert LateNote.objects.visible_to(user).filter(pk=late_note.pk).exists() is reads
    absence, plans = rows_of.pop(Absence), sees and who != "officer"
    assert Absence.objects.visible_to(user).filter(pk=absence.pk).exists() is plans
    for model, row in rows_of.items():
        found = [model.objects.visible_to(user)]
        if hasattr(found[0], "in_scope"):
            found.append(model.objects.in_scope(user))
        for rows in found:
            assert rows.filter(pk=row.pk).exists() is sees, model


def test_every_model_with_a_scope_is_tested(units):
    """Except areas, their outlines and other reference data, which are public, and photos and
    sealed names, which have tests of their own."""
    scoped = {model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")}
    apart = {ActivityKind, Area, Boundary, Category, GroupKind, Sheet, SheetLine}
    apart |= {ActivityPhoto, DutyPhoto, EntryPhoto, LateNotePhoto, ReportPhoto}
    apart |= {ActivityResident}  # see tests/programs/test_resident_open.py
    assert scoped - apart == set(one_row_of_each(units.polsek))


# Volunteers


def test_a_volunteer_sees_own_duties_only(units, volunteer, duty, officer):
    other = make.make_duty(units.polsek)
    make.make_attendance(other, member=make.make_member(make.make_group(units.polsek)))
    volunteer = as_in_next_request(volunteer)
    assert volunteer.scope == Scope()
    assert not volunteer.is_staff
    assert set(Duty.objects.of(volunteer)) == {duty}
    assert set(Duty.objects.visible_to(volunteer)) == {duty}
    assert not Duty.objects.in_scope(volunteer).exists()
    assert set(Attendance.objects.visible_to(volunteer)) == set(duty.attendances.all())
    assert not Attendance.objects.in_scope(volunteer).exists()
    assert not any(volunteer.may(action, duty) for action in Action)


def test_a_volunteer_sees_the_entries_of_own_duties(units, volunteer, running_duty, officer):
    entry = make.make_entry(running_duty, officer)
    hidden = make.make_duty(units.polsek, state="running", started_at=timezone.now())
    make.make_entry(hidden, officer)
    volunteer = as_in_next_request(volunteer)
    seen = LogEntry.objects.visible_to(volunteer)
    assert entry in seen
    assert set(seen.values_list("duty", flat=True)) == {running_duty.pk}
    assert not LogEntry.objects.in_scope(volunteer).exists()


def test_an_officer_sees_own_duties_elsewhere(units, neighbour):
    """Lent to Polsek A for one duty, the officer sees nothing else there."""
    lent, other = make.make_duty(units.polsek), make.make_duty(units.polsek)
    make.make_attendance(lent, officer=neighbour)
    neighbour = as_in_next_request(neighbour)
    assert set(Duty.objects.visible_to(neighbour)) == {lent}
    assert set(Duty.objects.of(neighbour)) == {lent}
    assert not Duty.objects.in_scope(neighbour).exists()
    assert not neighbour.may(Action.VIEW, lent)
    assert other not in Duty.objects.visible_to(neighbour)


def test_photos_have_the_rights_of_their_entry(
    units, running_duty, officer, volunteer, neighbour, settings, tmp_path
):
    from io import BytesIO

    from PIL import Image

    from toolkit.photos.clean import clean_photo

    settings.MEDIA_ROOT = tmp_path
    raw = BytesIO()
    Image.new("RGB", (20, 10)).save(raw, "PNG")
    raw.seek(0)
    make.make_entry(running_duty, officer, photos=(clean_photo(raw),))
    assert EntryPhoto.objects.visible_to(as_in_next_request(officer)).count() == 1
    assert EntryPhoto.objects.visible_to(as_in_next_request(volunteer)).count() == 1
    assert EntryPhoto.objects.visible_to(as_in_next_request(neighbour)).count() == 0
