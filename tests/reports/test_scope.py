"""Who sees which report: one table of people and reports."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Posting, User
from accounts.roles import Action, Role
from reports.models import ContactAccess, Report, ReportContact, ReportEvent, ReportPhoto
from reports.rights import (
    may_be_assigned,
    may_change,
    may_open_contact,
    may_override,
    may_unseal,
    may_work_on,
)
from reports.services.casework import (
    classify_report,
    hand_over_report,
    note_report,
)
from reports.services.changes import (
    arrive_at_report,
    close_report,
    dispatch_report,
    merge_report,
    override_report,
    recall_report,
    refer_report,
    reject_report,
    reopen_report,
    resolve_report,
    verify_report,
)
from reports.services.contacts import open_contact
from reports.workflow import CHANGES
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos.clean import clean_photo

PLAIN = {"normal", "given", "next"}
ALL = {"normal", "sealed", "mine", "given", "given_sealed", "next", "next_sealed", "about"}
MOVED = {"moved_sealed"}
ABOUT_POLRES = {"about_polres", "about_unknown"}
HIGH = ALL | MOVED | ABOUT_POLRES | {"about_moved"}

# (in lists, further ones by their key: those that the unit has handed over)
TABLE = {
    "nobody": (set(), set()),
    "volunteer": (set(), set()),
    "inactive": (set(), set()),
    "gone": (set(), set()),
    "to_come": (set(), set()),
    "officer_east": (set(), set()),
    "officer_other": (set(), set()),
    "officer": ({"normal", "mine"}, {"given"}),
    "commander": ({"normal"}, {"given"}),
    "operator": ({"normal"}, {"given"}),
    "admin_user": ({"normal"}, {"given"}),
    "keeper": ({"normal", "sealed", "mine"}, {"given", "given_sealed"}),
    "subsektor_officer": ({"normal"}, {"given"}),
    "subsektor_keeper": ({"normal", "sealed", "mine"}, {"given", "given_sealed"}),
    "neighbour": ({"given", "next"}, set()),
    "neighbour_keeper": ({"given", "given_sealed", "next", "next_sealed"}, MOVED),
    # Neither a rank nor being superuser opens sealed reports.
    "polres_officer": (PLAIN, set()),
    "chief": (PLAIN, set()),
    "superuser": (PLAIN, set()),
    "polres_keeper": (ALL, MOVED | {"about_moved"}),
    "polda_keeper": (HIGH, set()),
    "mabes_keeper": (HIGH | {"about_polda"}, set()),
    # With two postings each opens its own; one at the unit complained about closes the report.
    "keeper_and_neighbour": (
        {"normal", "sealed", "mine", "given", "next"},
        {"given_sealed"},
    ),
    "polres_keeper_and_officer": (ALL - {"about"}, MOVED),
    "polres_keeper_and_subsektor": (ALL - {"about"}, MOVED),
    "polda_keeper_and_polres_admin": (HIGH - ABOUT_POLRES, set()),
    # People posted below the unit complained about count as its people.
    "polda_keeper_and_officer": (ALL - {"about"} | MOVED, set()),
    "mabes_keeper_and_subsektor": (ALL - {"about"} | MOVED, set()),
    "mabes_keeper_and_other_polsek": (HIGH, set()),
}


@pytest.fixture
def world(units, officer, keeper, neighbour):
    """Reports around Polsek A. `mine` is assigned to the officer. `given` went from A to the
    neighbour. `moved` ones left Polres A: one of the neighbour, one about Polsek A. The reporter of
    `about_unknown` did not know the unit, so it counts as about Polres A."""
    sealed = make.make_category("domestic_violence", is_sealed=True)
    police = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    world = SimpleNamespace(
        normal=make.make_report(units.polsek),
        sealed=make.make_report(units.polsek, category=sealed),
        mine=make.make_report(units.polsek, category=sealed),
        given=make.make_report(units.polsek),
        given_sealed=make.make_report(units.polsek, category=sealed),
        next=make.make_report(units.polsek_neighbour),
        next_sealed=make.make_report(units.polsek_neighbour, category=sealed),
        about=make.make_report(units.polsek, category=police, about_unit=units.polsek),
        about_polres=make.make_report(units.polsek, category=police, about_unit=units.polres),
        about_unknown=make.make_report(units.polsek, category=police),
        about_polda=make.make_report(units.polsek, category=police, about_unit=units.polda),
        moved_sealed=make.make_report(units.polsek_neighbour, category=sealed),
        about_moved=make.make_report(units.polsek, category=police, about_unit=units.polsek),
    )
    dispatch_report(report=world.mine, by=keeper, assignee=officer)
    for report in (world.given, world.given_sealed):
        hand_over_report(
            report=report, by=keeper, unit=units.polsek_neighbour, reason="TKP di sana"
        )
    top = make.make_user(unit=units.mabes, role="commander", opens_sealed=True)
    for report in (world.moved_sealed, world.about_moved):
        hand_over_report(report=report, by=top, unit=units.polsek_other, reason="TKP di sana")
    for report in vars(world).values():
        report.refresh_from_db()
    return world


@pytest.fixture
def people(
    units,
    nobody,
    volunteer,
    officer,
    commander,
    operator,
    admin_user,
    keeper,
    neighbour,
    officer_east,
    chief,
    superuser,
):
    subsektor = make.make_unit("subsektor", "Subsektor A", units.polsek)
    today = timezone.localdate()

    def person(*postings, **fields):
        user = make.make_user(**fields)
        for unit, role in postings:
            seals = {"opens_sealed": True} if role == "keeper" else {}
            make.make_posting(user, unit, Role.COMMANDER if seals else role, **seals)
        return user

    found = SimpleNamespace(
        nobody=nobody,
        volunteer=volunteer,
        officer=officer,
        commander=commander,
        operator=operator,
        admin_user=admin_user,
        keeper=keeper,
        neighbour=neighbour,
        officer_east=officer_east,
        chief=chief,
        superuser=superuser,
        inactive=person((units.polsek, "keeper"), is_active=False),
        gone=person((units.polsek, "keeper")),
        to_come=person((units.polsek, "keeper")),
        officer_other=person((units.polsek_other, "officer")),
        subsektor_officer=person((subsektor, "officer")),
        subsektor_keeper=person((subsektor, "keeper")),
        neighbour_keeper=person((units.polsek_neighbour, "keeper")),
        polres_officer=person((units.polres, "officer")),
        polres_keeper=person((units.polres, "keeper")),
        polda_keeper=person((units.polda, "keeper")),
        mabes_keeper=person((units.mabes, "keeper")),
        keeper_and_neighbour=person((units.polsek, "keeper"), (units.polsek_neighbour, "officer")),
        polres_keeper_and_officer=person((units.polres, "keeper"), (units.polsek, "officer")),
        polres_keeper_and_subsektor=person((units.polres, "keeper"), (subsektor, "officer")),
        polda_keeper_and_polres_admin=person((units.polda, "keeper"), (units.polres, "admin")),
        polda_keeper_and_officer=person((units.polda, "keeper"), (units.polsek, "officer")),
        mabes_keeper_and_subsektor=person((units.mabes, "keeper"), (subsektor, "officer")),
        mabes_keeper_and_other_polsek=person(
            (units.mabes, "keeper"), (units.polsek_other, "officer")
        ),
    )
    Posting.objects.filter(user=found.gone).update(ends_on=today - timedelta(days=1))
    Posting.objects.filter(user=found.to_come).update(starts_on=today + timedelta(days=1))
    return found


def names_of(world, rows):
    names = {report.pk: name for name, report in vars(world).items()}
    return {names[row.pk] for row in rows}


def reload_person(people, who):
    return User.objects.get(pk=getattr(people, who).pk)


def test_who_sees_which_report(world, people):
    assert set(TABLE) == set(vars(people))
    lists, single = {}, {}
    for who in TABLE:
        user = reload_person(people, who)
        lists[who] = names_of(world, Report.objects.in_scope(user))
        single[who] = names_of(world, Report.objects.visible_to(user))
    assert lists == {who: listed for who, (listed, _given) in TABLE.items()}
    assert single == {who: listed | given for who, (listed, given) in TABLE.items()}


def test_what_hangs_on_a_report_has_its_rights(world, people, keeper, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name, report in vars(world).items():
        event = report.timeline.first()
        ReportPhoto.objects.create(
            report=report, event=event, large="l", small="s", width=1, height=1
        )
        Report.objects.filter(pk=report.pk).update(privacy="officers")
        ReportContact.objects.create(report=report, name=name)
        ContactAccess.objects.create(report=report, unit=report.unit, by=keeper, reason="Menelepon")
    for who, (listed, given) in TABLE.items():
        user = reload_person(people, who)
        for model in (ReportEvent, ReportPhoto, ReportContact):
            rows = model.objects.visible_to(user).select_related("report")
            assert names_of(world, {row.report for row in rows}) == listed | given, (who, model)
        # Readable through one posting, opened while it was at the unit of the other.
        opened = listed | ({"given_sealed"} if who == "keeper_and_neighbour" else set())
        for rows in (ContactAccess.objects.visible_to(user), ContactAccess.objects.in_scope(user)):
            assert names_of(world, {row.report for row in rows}) == opened, who


def test_an_opening_stays_with_the_unit_that_held_the_report(world, units, people, keeper):
    """The unit's head sees openings even of reports handed over since, but no opening reveals a
    report that the person may not see."""
    for name in ("given", "given_sealed", "moved_sealed", "about_moved"):
        report = getattr(world, name)
        giver = report.handovers.get().unit
        ContactAccess.objects.create(report=report, unit=giver, by=keeper, reason="Menelepon")
    expected = {
        "commander": {"given"},
        "keeper": {"given", "given_sealed"},
        "neighbour": set(),
        "neighbour_keeper": {"moved_sealed"},
        "officer_other": set(),
        "polres_officer": {"given"},
        "polres_keeper": {"given", "given_sealed", "moved_sealed", "about_moved"},
        "polres_keeper_and_officer": {"given", "given_sealed", "moved_sealed"},
        "polda_keeper_and_officer": {"given", "given_sealed", "moved_sealed"},
        "chief": {"given"},
        "superuser": {"given"},
        "nobody": set(),
        "volunteer": set(),
    }
    for who, names in expected.items():
        user = reload_person(people, who)
        for rows in (ContactAccess.objects.visible_to(user), ContactAccess.objects.in_scope(user)):
            assert names_of(world, {row.report for row in rows}) == names, who


def test_doors_of_officers_do_not_read_the_code(world, officer, django_assert_num_queries):
    for door in (Report.objects.visible_to(officer), Report.objects.in_scope(officer)):
        assert '"code"' not in str(door.query)
        assert all("code" in row.get_deferred_fields() for row in door)
    for model in (ReportEvent, ReportPhoto, ReportContact, ContactAccess):
        sql = str(model.objects.visible_to(officer).query)
        assert '"reports_report"."code"' not in sql


def test_the_code_is_the_reporter_s_door(world):
    assert Report.objects.held_by(world.sealed.code).get() == world.sealed
    for code in ("", world.sealed.number, world.sealed.code.lower(), f"{world.sealed.code} "):
        assert not Report.objects.held_by(code).exists()


def test_photos_of_the_reporter_are_those_of_public_events(world, keeper, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for is_public in (True, False):
        note_report(
            report=world.sealed, by=keeper, photos=[clean_photo(jpeg())], is_public=is_public
        )
    [photo] = ReportPhoto.objects.held_by(world.sealed.code)
    assert photo.event.is_public
    assert not ReportPhoto.objects.held_by(world.normal.code).exists()


def test_the_assigned_sees_the_sealed_only_while_assigned(world, officer, keeper):
    assert Report.objects.visible_to(officer).filter(pk=world.mine.pk).exists()
    recall_report(report=world.mine, by=keeper)
    assert not Report.objects.visible_to(officer).filter(pk=world.mine.pk).exists()


def test_the_assigned_who_is_posted_away_sees_it_no_more(world, units, officer):
    Posting.objects.filter(user=officer).update(unit=units.polsek_east)
    officer = User.objects.get(pk=officer.pk)
    assert not Report.objects.visible_to(officer).filter(pk=world.mine.pk).exists()
    with pytest.raises(Report.DoesNotExist):
        arrive_at_report(report=world.mine, by=officer)


def test_a_volunteer_who_was_assigned_sees_nothing(world, volunteer):
    Report.objects.filter(pk=world.mine.pk).update(assignee=volunteer, privacy="sealed")
    assert not Report.objects.visible_to(volunteer).exists()
    world.mine.refresh_from_db()
    assert not any(may_change(volunteer, world.mine, change) for change in CHANGES)
    assert not may_work_on(volunteer, world.mine)
    assert not may_open_contact(volunteer, world.mine)


def test_the_assigned_of_a_unit_that_is_then_complained_about_sees_it_no_more(
    world, units, officer
):
    Report.objects.filter(pk=world.about.pk).update(assignee=officer, state="dispatched")
    make.make_posting(officer, units.polres)
    officer = User.objects.get(pk=officer.pk)
    assert not Report.objects.visible_to(officer).filter(pk=world.about.pk).exists()
    assert not may_be_assigned(officer, Report.objects.get(pk=world.about.pk))


# The former unit reads; it does not write.


ACTS = {
    "verify": lambda **who: verify_report(**who),
    "dispatch": lambda by, **who: dispatch_report(by=by, assignee=by, **who),
    "recall": lambda **who: recall_report(**who),
    "arrive": lambda **who: arrive_at_report(**who),
    "resolve": lambda **who: resolve_report(outcome="handled", reason="Selesai", **who),
    "close": lambda **who: close_report(**who),
    "reject": lambda **who: reject_report(reason="Kurang jelas", **who),
    "refer": lambda **who: refer_report(agency="PLN", **who),
    "reopen": lambda **who: reopen_report(reason="Lagi", **who),
    "override": lambda **who: override_report(state="closed", reason="Selesai", **who),
    "note": lambda **who: note_report(text="Catatan", **who),
    "classify": lambda report, by: classify_report(report=report, by=by, category=report.category),
    "contact": lambda **who: open_contact(reason="Menelepon", **who),
}


@pytest.mark.parametrize("which", ["given", "given_sealed"])
def test_who_has_given_it_away_changes_nothing(world, keeper, which):
    report = getattr(world, which)
    before = list(Report.objects.filter(pk=report.pk).values())
    count = ReportEvent.objects.count()
    assert not may_be_assigned(keeper, report)
    for name, act in ACTS.items():
        if name != "dispatch":
            with pytest.raises(PermissionDenied):
                act(report=report, by=keeper)
    assert list(Report.objects.filter(pk=report.pk).values()) == before
    assert ReportEvent.objects.count() == count


def test_nor_merges_or_hands_it_on(world, units, keeper):
    with pytest.raises(PermissionDenied):
        hand_over_report(report=world.given, by=keeper, unit=units.polsek, reason="Kembali")
    with pytest.raises(PermissionDenied):
        merge_report(report=world.given, by=keeper, into=world.normal)


def test_nor_is_it_offered_anything(world, keeper):
    for report in (world.given, world.given_sealed):
        assert not any(may_change(keeper, report, change) for change in CHANGES)
        assert not may_work_on(keeper, report)
        assert not may_override(keeper, report)
        assert not may_unseal(keeper, report)
        assert not may_open_contact(keeper, report)


@pytest.mark.parametrize(
    ("who", "which"),
    [
        ("neighbour", "normal"),
        ("commander", "sealed"),
        ("chief", "sealed"),
        ("superuser", "sealed"),
        ("keeper", "about"),
        ("superuser", "about"),
        ("nobody", "normal"),
        ("volunteer", "normal"),
    ],
)
def test_what_is_out_of_sight_is_not_there(world, people, who, which):
    user, report = reload_person(people, who), getattr(world, which)
    count = ReportEvent.objects.count()
    for act in ACTS.values():
        with pytest.raises(Report.DoesNotExist):
            act(report=report, by=user)
    assert ReportEvent.objects.count() == count


def test_an_admin_reads_and_changes_nothing(world, admin_user):
    assert not may_be_assigned(admin_user, world.normal)
    for name, act in ACTS.items():
        if name != "dispatch":
            with pytest.raises(PermissionDenied):
                act(report=world.normal, by=admin_user)


def test_only_a_posting_gives_the_permission(people):
    for who in TABLE:
        scope = reload_person(people, who).scope
        assert (Action.UNSEAL in scope.actions) is (
            "keeper" in who and who not in ("gone", "to_come", "inactive")
        ), who
