"""An administrator of one Polsek sees, chooses and changes nothing of the neighbour's."""

import json
from datetime import date

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from patrols.models import EntryKind, ShareTemplate
from patrols.services.duties import start_duty
from reports.services.casework import hand_over_report
from reports.services.contacts import open_contact
from territory.models import Unit, UnitArea
from tests import factories as make

CANARY = "KENARI"


@pytest.fixture
def foreign(units, neighbour):
    """One row of each model at the neighbouring Polsek, each with the canary in its name."""
    unit = units.polsek_neighbour
    Unit.objects.filter(pk=unit.pk).update(name=f"{CANARY} Polsek")
    neighbour.name = f"{CANARY} Bhabin"
    neighbour.save()
    unit.refresh_from_db()
    area = make.make_area("31.73.05.1001")
    group = make.make_group(unit, f"{CANARY} Citra", contact_name=f"{CANARY} Kontak")
    member = make.make_member(group, f"{CANARY} Anggota")
    route = make.make_route(unit, f"{CANARY} Rute", checkpoints=1)
    post = make.make_post(unit, f"{CANARY} Pos")
    schedule = make.make_schedule(unit, f"{CANARY} Jadwal", officers=[neighbour], groups=[group])
    duty = make.make_duty(unit, f"{CANARY} Tugas", leader=neighbour)
    attendance = make.make_attendance(duty, member=member)
    start_duty(duty=duty, by=neighbour)
    duty.refresh_from_db()
    entry = make.make_entry(duty, neighbour, kind=EntryKind.NOTE, text=f"{CANARY} catatan")
    report = make.make_report(
        unit,
        f"{CANARY} laporan",
        privacy="officers",
        contact_name=f"{CANARY} Warga",
        contact_phone="0812",
    )
    open_contact(report=report, by=neighbour, reason=f"{CANARY} alasan")
    given = make.make_report(unit, f"{CANARY} dilimpahkan")
    hand_over_report(
        report=given,
        by=neighbour,
        unit=make.make_unit(name=f"{CANARY} Penerima", parent=unit.polres),
        reason="Di sana",
    )
    return {
        "reports.Report": report,
        "reports.Hotspot": make.make_hotspot(unit, f"{CANARY} Jembatan"),
        "reports.Handover": given.handovers.get(),
        "reports.ContactAccess": report.contact_accesses.get(),
        "territory.Unit": unit,
        "territory.UnitArea": UnitArea.objects.create(area=area, unit=unit),
        "accounts.User": neighbour,
        "accounts.Posting": neighbour.postings.get(),
        "partners.PartnerGroup": group,
        "partners.GroupMember": member,
        "patrols.Route": route,
        "patrols.GuardPost": post,
        "patrols.Schedule": schedule,
        "patrols.Duty": duty,
        "patrols.Attendance": attendance,
        "patrols.LogEntry": entry,
        "patrols.ShareTemplate": ShareTemplate.objects.create(
            unit=unit, duty_text=f"{CANARY}", entry_text=f"{CANARY}"
        ),
    }


def url(label, page, *args):
    return reverse(f"admin:{label.lower().replace('.', '_')}_{page}", args=args)


@pytest.fixture
def client_of_admin(admin_user, sign_in, group, officer, duty):
    return sign_in(admin_user)


def test_lists_searches_and_filters_show_nothing_foreign(foreign, client_of_admin, units):
    for label in foreign:
        page = url(label, "changelist")
        for query in (
            {},
            {"q": "kenari"},
            {"unit": units.polsek_neighbour.pk, "period": "all", "retired": "all"},
            {"unit": units.polres.pk},
        ):
            answer = client_of_admin.get(page, query, follow=True)
            assert answer.status_code == 200, (label, query)
            assert CANARY not in answer.content.decode(), (label, query)


def test_a_foreign_row_answers_like_an_absent_one(foreign, client_of_admin):
    for label, row in foreign.items():
        for page in ("change", "history", "delete"):
            pages = [client_of_admin.get(url(label, page, pk)) for pk in (row.pk, 10**9)]
            answers = [(a.status_code, a.headers.get("Location")) for a in pages]
            assert answers[0] == answers[1], (label, page)
            assert answers[0][0] in {302, 403}, (label, page)


def test_a_foreign_password_page_answers_like_an_absent_one(foreign, client_of_admin):
    page = "admin:accounts_user_password"
    answers = [
        client_of_admin.post(
            reverse(page, args=[pk]), {"password1": "sandi-baru-99", "password2": "sandi-baru-99"}
        )
        for pk in (foreign["accounts.User"].pk, 10**9)
    ]
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    foreign["accounts.User"].refresh_from_db()
    assert foreign["accounts.User"].check_password(make.PASSWORD)


AUTOCOMPLETE = [
    ("patrols", "schedule", "unit"),
    ("patrols", "schedule", "route"),
    ("patrols", "schedule", "post"),
    ("patrols", "schedule", "leader"),
    ("patrols", "schedule", "officers"),
    ("patrols", "schedule", "groups"),
    ("partners", "groupmember", "group"),
    ("partners", "groupmember", "user"),
    ("accounts", "posting", "unit"),
    ("territory", "unit", "parent"),
    ("patrols", "logentry", "duty"),
    ("patrols", "attendance", "member"),
    ("reports", "hotspot", "unit"),
    ("reports", "report", "village"),
]


@pytest.mark.parametrize(("app", "model", "field"), AUTOCOMPLETE)
def test_autocomplete_offers_nothing_foreign(foreign, client_of_admin, app, model, field):
    words = {"app_label": app, "model_name": model, "field_name": field}
    for term in ("", "kenari", "\0"):
        answer = client_of_admin.get(reverse("admin:autocomplete"), {**words, "term": term})
        assert answer.status_code == 200
        assert CANARY not in json.dumps(answer.json())


def test_autocomplete_leaves_out_the_retired(client_of_admin, units):
    make.make_route(units.polsek, "Rute lama", retired_on=date(2026, 1, 1))
    words = {"app_label": "patrols", "model_name": "schedule", "field_name": "route"}
    answer = client_of_admin.get(reverse("admin:autocomplete"), words)
    assert [row["text"] for row in answer.json()["results"]] == ["Rute A"]


def schedule_form(**words):
    return {
        "name": "Jadwal baru",
        "kind": "joint",
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
        "start": "22:15",
        "end": "01:00",
        "valid_from": "2026-01-01",
        **words,
    }


@pytest.mark.parametrize("field", ["unit", "route", "post", "leader", "officers", "groups"])
def test_a_forged_key_of_a_schedule_is_refused(foreign, client_of_admin, units, field):
    row = {
        "unit": "territory.Unit",
        "route": "patrols.Route",
        "post": "patrols.GuardPost",
        "leader": "accounts.User",
        "officers": "accounts.User",
        "groups": "partners.PartnerGroup",
    }[field]
    words = schedule_form(**{"unit": units.polsek.pk, field: foreign[row].pk})
    answer = client_of_admin.post(url("patrols.Schedule", "add"), words)
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert CANARY not in answer.content.decode()


def test_a_foreign_unit_and_an_absent_one_are_refused_in_the_same_words(
    foreign, client_of_admin, units
):
    answers = [
        client_of_admin.post(
            url("patrols.GuardPost", "add"), {"name": "Pos", "unit": pk, "radius_m": 100}
        )
        .context["adminform"]
        .form.errors["unit"]
        for pk in (foreign["territory.Unit"].pk, 10**9)
    ]
    assert answers[0] == answers[1]


def test_a_foreign_row_of_an_inline_is_refused(foreign, client_of_admin, group):
    member = foreign["partners.GroupMember"]
    prefix = "members"
    answer = client_of_admin.post(
        url("partners.PartnerGroup", "change", group.pk),
        {
            "name": group.name,
            "kind": group.kind_id,
            "unit": group.unit_id,
            "is_active": "on",
            f"{prefix}-TOTAL_FORMS": 1,
            f"{prefix}-INITIAL_FORMS": 1,
            f"{prefix}-MIN_NUM_FORMS": 0,
            f"{prefix}-MAX_NUM_FORMS": 1000,
            f"{prefix}-0-id": member.pk,
            f"{prefix}-0-group": group.pk,
            f"{prefix}-0-name": "Diculik",
            f"{prefix}-0-role": "member",
        },
    )
    member.refresh_from_db()
    assert member.name == f"{CANARY} Anggota"
    assert member.group_id == foreign["partners.PartnerGroup"].pk
    assert answer.status_code in {200, 302}


@pytest.mark.parametrize(
    ("label", "action"),
    [
        ("partners.PartnerGroup", "confirm_pengukuhan"),
        ("partners.GroupMember", "move_to_group"),
        ("patrols.Schedule", "make_duties"),
    ],
)
def test_actions_reach_nothing_foreign(foreign, client_of_admin, group, label, action):
    row = foreign[label]
    row.refresh_from_db()
    before = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    answer = client_of_admin.post(
        url(label, "changelist"),
        {
            "action": action,
            ACTION_CHECKBOX_NAME: [row.pk],
            "apply": "1",
            "confirmation_number": "X/1",
            "confirmed_on": "2026-01-01",
            "group": group.pk,
        },
        follow=True,
    )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields} == before
    assert CANARY not in answer.content.decode()


def test_members_are_not_moved_into_a_foreign_group(foreign, client_of_admin, group, volunteer):
    member = volunteer.membership
    answer = client_of_admin.post(
        url("partners.GroupMember", "changelist"),
        {
            "action": "move_to_group",
            ACTION_CHECKBOX_NAME: [member.pk],
            "apply": "1",
            "group": foreign["partners.PartnerGroup"].pk,
        },
    )
    assert answer.status_code == 200
    member.refresh_from_db()
    assert member.group_id == group.pk


def test_areas_are_read_by_all_administrators_and_changed_by_mabes(client_of_admin, superuser):
    area = make.make_area("31.73.04.1002", "Kelurahan Uji")
    page = url("territory.Area", "change", area.pk)
    assert "Kelurahan Uji" in client_of_admin.get(page).content.decode()
    assert client_of_admin.post(page, {"name": "Diganti"}).status_code == 403
    assert client_of_admin.get(url("territory.Area", "add")).status_code == 403
    assert client_of_admin.get(url("partners.GroupKind", "add")).status_code == 403
    client_of_admin.force_login(superuser)
    assert client_of_admin.get(url("partners.GroupKind", "add")).status_code == 200


def test_a_person_with_two_postings_administers_one_of_the_units(
    foreign, client_of_admin, admin_user, units
):
    """An officer of the neighbour and administrator at home: the admin shows home only."""
    make.make_posting(admin_user, units.polsek_neighbour, "officer")
    for label, row in foreign.items():
        answer = client_of_admin.get(url(label, "change", row.pk))
        assert answer.status_code == 302, label
        assert CANARY not in client_of_admin.get(url(label, "changelist")).content.decode(), label


def test_history_names_nothing_foreign(foreign, client_of_admin, volunteer, units):
    """A member came from the neighbour's group: the history shows the move, not from where."""
    member = foreign["partners.GroupMember"]
    member.name = "Pindahan"
    member.group = volunteer.membership.group
    member.save()
    page = url("partners.GroupMember", "change", member.pk)
    answer = client_of_admin.get(page)
    (moved,) = answer.context["changes"]
    assert {step.after for step in moved.steps} == {"Pindahan", "Citra A"}
    before = {step.before for step in moved.steps if step.after == "Citra A"}
    assert all(CANARY not in text for text in before)


def test_errors_are_seen_as_errors(client_of_admin, group):
    """Django's class names for messages differ from those of our pages."""
    answer = client_of_admin.get(url("partners.PartnerGroup", "change", 10**9), follow=True)
    assert b'class="warn"' in answer.content
