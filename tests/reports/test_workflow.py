"""Every change from every state, by every role, and two people at once."""

import ast
import threading
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from reports import services
from reports.models import Report, ReportEvent
from reports.presenters.report_steps import steps_for
from reports.rights import may_change, may_take_step
from reports.selectors.timeline import count_openings
from reports.services.casework import hand_over_report
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
from reports.services.transitions import ReportMoved
from reports.workflow import CHANGES, ReportState, state_allows_step
from tests import factories as make
from tests.reports.report_pages import make_report_in_state, reload_report

SERVICES = {
    "verify": verify_report,
    "dispatch": dispatch_report,
    "recall": recall_report,
    "arrive": arrive_at_report,
    "resolve": resolve_report,
    "close": close_report,
    "reject": reject_report,
    "merge": merge_report,
    "refer": refer_report,
    "reopen": reopen_report,
}
# A second copy of the table in reports/workflow.py, so that a mistake there fails here.
ALLOWED = {
    "verify": "received",
    "dispatch": "received verified dispatched",
    "recall": "dispatched on_scene",
    "arrive": "dispatched",
    "resolve": "verified dispatched on_scene",
    "close": "resolved",
    "reject": "received verified",
    "merge": "received verified dispatched",
    "refer": "received verified dispatched on_scene",
    "reopen": "resolved closed rejected duplicate referred",
    # These have their own services and tests.
    "handover": "received verified dispatched on_scene",
    "confirm": "resolved",
    "dispute": "resolved closed rejected duplicate referred",
}
LEADS_TO = {
    "verify": "verified",
    "dispatch": "dispatched",
    "recall": "verified",
    "arrive": "on_scene",
    "resolve": "resolved",
    "close": "closed",
    "reject": "rejected",
    "merge": "duplicate",
    "refer": "referred",
    "reopen": "verified",
    "handover": "received",
    "confirm": "closed",
    "dispute": "verified",
}
OFFICERS = {"officer", "operator", "commander", "chief"}
HEADS = {"commander", "chief"}
WHO = {change: HEADS if change in {"close", "reject"} else OFFICERS for change in SERVICES}
REPORTERS = {"confirm", "dispute"}


def make_change(change, report, by, officer, **more):
    asked = {
        "dispatch": {"assignee": officer},
        "resolve": {"outcome": "handled", "reason": "Sudah ditangani"},
        "reject": {"reason": "Alamat belum jelas"},
        "merge": {"into": make.make_report(report.unit, "Kejadian yang sama")}
        if change == "merge"
        else {},
        "refer": {"agency": "PLN"},
        "reopen": {"reason": "Terjadi lagi"},
    }
    return SERVICES[change](report=report, by=by, **asked.get(change, {}), **more)


def test_the_table_names_every_change():
    assert set(ALLOWED) == set(LEADS_TO) == set(CHANGES)
    assert set(CHANGES) - set(SERVICES) == {"handover"} | REPORTERS


@pytest.mark.parametrize("change", CHANGES)
def test_the_table_is_pinned(change):
    row = CHANGES[change]
    assert set(row.from_states) == set(ALLOWED[change].split())
    assert row.to_state == LEADS_TO[change]
    assert (row.needs is None) == (change in REPORTERS)


@pytest.mark.parametrize("change", sorted(REPORTERS))
def test_nobody_of_the_police_makes_a_change_of_the_reporter(change, units, officer, chief):
    report = make_report_in_state("resolved", units.polsek, officer)
    assert not any(may_change(person, report, change) for person in (officer, chief))


def test_only_transitions_writes_a_state():
    """It uses setattr(); no service assigns to `report.state`. A proposal has states of its own."""
    folder = Path(services.__file__).parent
    assigned = [
        f"{path.name}:{node.lineno}"
        for path in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "state"
        if isinstance(node.ctx, ast.Store) and ast.unparse(node.value) != "proposal"
    ]
    assert not assigned


@pytest.mark.parametrize("state", ReportState.values)
@pytest.mark.parametrize("change", SERVICES)
def test_every_change_from_every_state(change, state, units, officer, commander):
    report = make_report_in_state(state, units.polsek, officer)
    lines = ReportEvent.objects.filter(report=report).count()
    if state in ALLOWED[change].split():
        make_change(change, report, commander, officer)
        assert reload_report(report).state == LEADS_TO[change]
        last = ReportEvent.objects.filter(report=report).latest("pk")
        assert (last.from_state, last.to_state, last.actor) == (state, LEADS_TO[change], commander)
    else:
        with pytest.raises(ReportMoved):
            make_change(change, report, commander, officer)
        assert reload_report(report).state == state
        assert ReportEvent.objects.filter(report=report).count() == lines


@pytest.mark.parametrize("change", SERVICES)
def test_the_rights_of_each_role(
    change, units, officer, operator, commander, chief, admin_user, superuser, neighbour, nobody
):
    state = ALLOWED[change].split()[0]
    people = {
        "officer": officer,
        "operator": operator,
        "commander": commander,
        "chief": chief,
        "admin": admin_user,
    }
    third = make.make_user("Bhabin lain", units.polsek, "officer")
    for role, person in people.items():
        report = make_report_in_state(state, units.polsek, third)
        if role in WHO[change]:
            make_change(change, report, person, third)
        else:
            with pytest.raises(PermissionDenied):
                make_change(change, report, person, third)
    report = make_report_in_state(state, units.polsek, third)
    for person in (neighbour, nobody):
        # Merging looks for the other report first, which raises ValidationError.
        with pytest.raises((Report.DoesNotExist, ValidationError)):
            make_change(change, report, person, third)
        assert reload_report(report).state == state
    make_change(change, report, superuser, third)


def test_the_assigned_goes_on_where_the_report_went(units, officer, neighbour):
    """The assigned officer is posted elsewhere by now, but still on the way."""
    report = make_report_in_state("dispatched", units.polsek, officer)
    assert may_take_step(officer, report, "arrive")
    assert not may_take_step(neighbour, report, "arrive")
    assert not may_take_step(officer, report, "close")


def test_a_report_seen_otherwise_is_not_changed(units, officer, commander):
    report = make_report_in_state("verified", units.polsek, officer)
    with pytest.raises(ReportMoved):
        make_change(
            "resolve", report, officer, officer, seen=report.stamp.replace("verified", "received")
        )
    make_change("resolve", report, officer, officer, seen=report.stamp)


def test_the_second_is_told_who_did_what(units, officer, commander):
    report = make.make_report(units.polsek)
    verify_report(report=report, by=commander, seen=report.stamp)
    with pytest.raises(ReportMoved) as caught:
        verify_report(report=report, by=officer, seen=report.stamp)
    said = caught.value.messages[0]
    assert "diverifikasi" in said
    assert "Kapolsek A" in said
    assert "WIB" in said


@pytest.mark.parametrize("state", ["verified", "dispatched"])
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_goes_and_the_other_is_told(units, officer, commander, state):
    third = make.make_user("Bhabin lain", units.polsek, "officer")
    report = make_report_in_state(state, units.polsek, third)
    barrier, answers = threading.Barrier(2, timeout=20), {}

    def take_in_thread(person):
        try:
            connection.ensure_connection()
            barrier.wait()
            dispatch_report(report=report, by=person, assignee=person, seen=report.stamp)
            answers[person] = "went"
        except ReportMoved as error:
            answers[person] = error.messages[0]
        finally:
            connection.close()

    threads = [
        threading.Thread(target=take_in_thread, args=(person,)) for person in (officer, commander)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    went = reload_report(report).assignee
    late = commander if went == officer else officer
    assert answers[went] == "went"
    assert went.titled_name in answers[late]
    assert "petugas ditugaskan" in answers[late]
    assert ReportEvent.objects.filter(report=report, kind="dispatched").count() == 1


def test_mediation_is_refused_where_the_law_forbids_it(units, keeper):
    violence = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = make_report_in_state("on_scene", units.polsek, keeper, category=violence)
    with pytest.raises(ValidationError) as caught:
        resolve_report(report=report, by=keeper, outcome="mediated", reason="Berdamai")
    assert "outcome" in caught.value.message_dict
    assert reload_report(report).state == "on_scene"


@pytest.mark.parametrize("change", SERVICES)
def test_a_sealed_report_is_out_of_reach(change, units, officer, commander, superuser, keeper):
    sealed = make.make_category("sexual_violence", is_sealed=True, allows_mediation=False)
    report = make_report_in_state(ALLOWED[change].split()[0], units.polsek, keeper, category=sealed)
    for person in (officer, commander, superuser):
        with pytest.raises(Report.DoesNotExist):
            make_change(change, report, person, keeper)


def test_a_report_about_police_is_out_of_its_units_reach(units, officer, commander, keeper):
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    report = make.make_report(units.polsek, category=misconduct, about_unit=units.polsek)
    assert report.unit == units.polres
    for person in (officer, commander, keeper):
        with pytest.raises(Report.DoesNotExist):
            verify_report(report=report, by=person)


def test_a_commander_sets_any_state_with_a_reason(units, officer, commander):
    for state in ReportState.values:
        report = make_report_in_state(state, units.polsek, officer)
        for wanted in ReportState.values:
            if wanted in (state, "duplicate", "referred"):
                with pytest.raises(ValidationError):
                    override_report(report=report, by=commander, state=wanted, reason="Keliru")
        with pytest.raises(PermissionDenied):
            override_report(report=report, by=officer, state="received", reason="Keliru")
        with pytest.raises(ValidationError):
            override_report(report=report, by=commander, state="received", reason=" ")
    for wanted in ("verified", "dispatched", "on_scene", "resolved", "closed", "rejected"):
        report = make_report_in_state("received", units.polsek, officer)
        override_report(report=report, by=commander, state=wanted, reason="Keliru")
        assert reload_report(report).state == wanted


# The buttons on the page of a report


def button_labels(steps):
    return [str(step.label) for step in steps]


def offered_steps(report, person):
    steps = steps_for(report, person)
    return {step.key for step in (steps.first, *steps.beside, *steps.others) if step}


@pytest.mark.parametrize("state", ReportState.values)
def test_only_what_state_and_right_allow_is_offered(
    state, units, officer, operator, commander, admin_user
):
    report = make_report_in_state(state, units.polsek, officer)
    for person in (officer, operator, commander, admin_user):
        wanted = {
            change
            for change in CHANGES
            if state_allows_step(change, report.state) and may_take_step(person, report, change)
        }
        offered = offered_steps(report, person)
        assert offered & set(CHANGES) == wanted
        assert ("override" in offered) == (person == commander)
        assert ("classify" in offered) == (person != admin_user)


@pytest.mark.parametrize(
    ("state", "role", "first"),
    [
        ("received", "officer", "Verifikasi laporan"),
        ("verified", "officer", "Saya tangani"),
        ("verified", "operator", "Tugaskan petugas"),
        ("verified", "commander", "Tugaskan petugas"),
        ("dispatched", "officer", "Saya di lokasi"),
        ("dispatched", "commander", "Petugas sudah di lokasi"),
        ("on_scene", "officer", "Selesaikan"),
        ("resolved", "commander", "Tutup laporan"),
    ],
)
def test_one_step_stands_first(state, role, first, units, officer, operator, commander):
    person = {"officer": officer, "operator": operator, "commander": commander}[role]
    assert (
        str(steps_for(make_report_in_state(state, units.polsek, officer), person).first.label)
        == first
    )


def test_without_a_step_it_says_who_is_awaited(units, officer):
    steps = steps_for(make_report_in_state("resolved", units.polsek, officer), officer)
    assert steps.first is None
    assert "Menunggu pimpinan" in str(steps.waits_for)
    assert button_labels(steps.others) == ["Ubah jenis atau prioritas", "Buka kembali"]


def test_a_former_unit_reads_without_steps(units, officer):
    report = make_report_in_state("verified", units.polsek, officer)
    hand_over_report(report=report, by=officer, unit=units.polsek_neighbour, reason="Wilayahnya")
    steps = steps_for(reload_report(report), officer)
    assert not steps.any_change
    assert (steps.note, steps.contact) == (None, None)


def test_openings_are_counted_for_the_head_alone(
    units, officer, commander, django_assert_num_queries
):
    named = {"privacy": "officers", "contact_name": "Bu Ani"}
    report = make.make_report(units.polsek, **named)
    anonymous = make.make_report(units.polsek)
    for person in (officer, commander):
        assert person.scope
    with django_assert_num_queries(0):
        assert count_openings(report, officer) is None
        assert count_openings(anonymous, commander) is None
    with django_assert_num_queries(1):
        assert count_openings(report, commander) == 0


def test_the_buttons_need_no_query(units, officer, commander, django_assert_num_queries):
    report = make.make_report(units.polsek)
    for person in (officer, commander):
        assert person.scope
    with django_assert_num_queries(0):
        steps_for(report, officer)
        steps_for(report, commander)
