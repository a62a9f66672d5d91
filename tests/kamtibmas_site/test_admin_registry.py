"""Every page of the admin's registry answers, in a number of statements that rows do not change."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Action
from kamtibmas_site.admin_site import ORDER
from patrols.models import (
    Attendance,
    Duty,
    EntryKind,
    LateNote,
    LogEntry,
    PostHandover,
    ShareTemplate,
)
from patrols.services.late_notes import hand_over_note
from programs.models import Activity, Forum, Instruction, ResidentIssue, Sheet, SheetLine
from reports.models import ContactAccess, Handover, Report
from reports.services.casework import hand_over_report
from reports.services.contacts import open_contact
from territory.admin.base import CappedPaginator
from territory.models import UnitArea
from territory.rights import MANAGE
from tests import factories as make
from tests.pictures import jpeg
from toolkit.idempotency.sent import Sent
from toolkit.jobs.models import JobRecord
from toolkit.photos.clean import clean_photo

LABELS = [f"{app}.{name}" for app, names in ORDER.items() for name in names]
# Statements of the change page for a superuser: session, user and savepoints are among them.
LIST_STATEMENTS = 9
CHANGE_STATEMENTS = 20


@pytest.fixture
def filled(units, running_duty, officer, group, settings, tmp_path):
    """A row of each model, all at Polsek A."""
    settings.MEDIA_ROOT = tmp_path
    area = make.make_area("31.73.04.1001")
    make.make_boundary(area)
    UnitArea.objects.create(area=area, unit=units.polsek)
    ShareTemplate.objects.create(unit=units.polsek, duty_text="{kegiatan}", entry_text="{catatan}")
    make.make_post(units.polsek, "Pos A", area=area)
    make.make_schedule(units.polsek, "Jadwal A", officers=[officer], groups=[group])
    fill_post(units, officer)
    make.make_entry(running_duty, officer)
    hand_over_note(by=officer, sent=Sent(), text="Susulan", meant_for=running_duty.pk)
    make.make_hotspot(units.polsek, area=area)
    make.make_proposal(units.polsek)
    fill_reports(units, officer)
    fill_programs(units, officer, "visit")
    make.make_issue(units.polsek, officer)
    make.make_forum(units.polsek, officer)
    JobRecord.objects.create(name="make_duties")
    return running_duty


def fill_post(units, officer):
    """A post with all that a post has, and a handover."""
    post = make.make_post(units.polsek)
    make.make_hours(post)
    make.make_fault(post, officer)
    item = make.make_item(post)
    night = make.make_post_night(units.polsek, officer, post=post, expected=False)
    make.make_handover(night, officer, lines=[(item, 0, "missing")])


def fill_programs(units, officer, code):
    """An activity with a photo, its kind, and a sheet with a line."""
    kind = make.make_activity_kind(code)
    make.make_activity(units.polsek, officer, kind=kind, photos=(clean_photo(jpeg()),))
    head = make.make_user(unit=units.polsek, role="commander")
    make.make_instruction(units.polsek, head, people=[officer])
    sheet = Sheet.objects.create(code=code, name="Lembar")
    sheet.kinds.add(kind)
    SheetLine.objects.create(sheet=sheet, label="Uraian", source="text")


def fill_reports(units, officer):
    """A report that was handed over, and one whose contact was opened."""
    photo = clean_photo(jpeg())
    given = make.make_report(units.polsek, by=officer, photos=(photo,))
    hand_over_report(report=given, by=officer, unit=units.polsek_neighbour, reason="Di sana")
    named = make.make_report(
        units.polsek, by=officer, privacy="officers", contact_name="Ani", contact_phone="0812"
    )
    open_contact(report=named, by=officer, reason="Menanyakan alamat")


def model_admin(label):
    return next(a for m, a in admin.site._registry.items() if m._meta.label == label)


def url(label, page, *args):
    return reverse(f"admin:{label.lower().replace('.', '_')}_{page}", args=args)


def test_the_action_that_opens_the_admin_is_that_of_the_roles():
    assert MANAGE == Action.MANAGE


def test_the_registry_is_what_the_front_page_shows():
    assert sorted(m._meta.label for m in admin.site._registry) == sorted(LABELS)


@pytest.mark.parametrize("label", LABELS)
def test_list_add_change_and_history_answer(
    filled, superuser, sign_in, label, django_assert_max_num_queries
):
    client = sign_in(superuser)
    found = model_admin(label)
    row = found.model._base_manager.order_by("pk").first()
    with django_assert_max_num_queries(LIST_STATEMENTS):
        assert client.get(url(label, "changelist")).status_code == 200
    with django_assert_max_num_queries(CHANGE_STATEMENTS):
        assert client.get(url(label, "change", row.pk)).status_code == 200
    assert client.get(url(label, "history", row.pk)).status_code == 200
    allowed = found.can_be_added and not found.is_read_only
    assert client.get(url(label, "add")).status_code == (200 if allowed else 403)
    deleted = client.get(url(label, "delete", row.pk)).status_code
    assert deleted == (200 if found.can_be_deleted else 403)


def test_a_list_costs_the_same_with_more_rows(filled, units, officer, superuser, sign_in):
    client = sign_in(superuser)

    def costs():
        found = {}
        for label in LABELS:
            with CaptureQueriesContext(connection) as queries:
                client.get(url(label, "changelist"))
            found[label] = len(queries)
        return found

    costs()  # content types and the like are read once
    before = costs()
    for number in range(3):
        member = make.make_member(make.make_group(units.polsek))
        area = make.make_area(f"31.73.04.100{number + 2}")
        UnitArea.objects.create(area=area, unit=units.polsek)
        ShareTemplate.objects.create(
            unit=[units.polsek_neighbour, units.polda, units.mabes][number],
            duty_text="{kegiatan}",
            entry_text="{catatan}",
        )
        make.make_post(units.polsek, area=area)
        fill_post(units, officer)
        make.make_route(units.polsek)
        make.make_schedule(units.polsek, leader=officer)
        make.make_attendance(make.make_duty(units.polsek), member=member)
        make.make_entry(filled, officer, kind=EntryKind.NOTE, text=str(number))
        hand_over_note(by=officer, sent=Sent(), text="Susulan", meant_for=filled.pk)
        make.make_user(unit=units.polsek, role="officer")
        make.make_group_kind(f"kind-{number}")
        make.make_category(f"kind-{number}")
        make.make_hotspot(units.polsek)
        fill_reports(units, officer)
        fill_programs(units, officer, f"kind-{number}")
        make.make_issue(units.polsek, officer)
        make.make_forum(units.polsek, officer)
        JobRecord.objects.create(name=f"job-{number}")
    assert costs() == before


def test_search_takes_any_words(filled, superuser, sign_in):
    client = sign_in(superuser)
    for label in LABELS:
        for words in ("polsek", "%", "'", "a b c", "31.73"):
            assert client.get(url(label, "changelist"), {"q": words}).status_code == 200, label


@pytest.mark.parametrize("value", ["x", "-1", "0", "9" * 30, "\u0661"])
def test_filters_take_any_value(filled, superuser, sign_in, value):
    client = sign_in(superuser)
    for label in LABELS:
        for name in ("unit", "period", "p"):
            answer = client.get(url(label, "changelist"), {name: value}, follow=True)
            assert answer.status_code == 200, (label, name)


def test_nul_in_a_query_is_dropped(filled, superuser, sign_in):
    answer = sign_in(superuser).get(url("accounts.User", "changelist"), {"rank": "a\0b"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("label", "asked"),
    [
        ("accounts.User", "password__startswith"),
        ("accounts.User", "phone__startswith"),
        ("patrols.LogEntry", "client_uuid__gt"),
        ("reports.Report", "code__startswith"),
        ("reports.Report", "code"),
        ("reports.Report", "client_uuid"),
        ("reports.Report", "contact__phone_digest"),
        ("reports.ContactAccess", "report__code__startswith"),
        ("reports.Handover", "report__code__startswith"),
        ("reports.Category", "reports__code__startswith"),
        ("territory.Unit", "handed_over__x"),
    ],
)
def test_no_column_can_be_guessed_through_the_address(filled, superuser, sign_in, label, asked):
    answer = sign_in(superuser).get(url(label, "changelist"), {asked: "a"})
    assert answer.status_code == 302
    assert answer.url in (url(label, "changelist"), "?e=1")


def test_growing_tables_are_not_counted_to_the_end(
    filled, officer, superuser, sign_in, monkeypatch
):
    monkeypatch.setattr(CappedPaginator, "cap", 2)
    for number in range(4):
        make.make_entry(filled, officer, kind=EntryKind.NOTE, text=str(number))
    page = sign_in(superuser).get(url("patrols.LogEntry", "changelist"))
    assert page.context["cl"].result_count == 2
    assert page.context["cap"] == 2
    large = (Duty, Attendance, LogEntry, LateNote, PostHandover, Report, Handover, ContactAccess)
    large += (Activity, Instruction, ResidentIssue, Forum)
    for model in large:
        assert model_admin(model._meta.label).is_large
        assert not model_admin(model._meta.label).show_full_result_count
        assert not model_admin(model._meta.label).date_hierarchy


def test_no_list_is_edited_in_place():
    assert not any(found.list_editable for found in admin.site._registry.values())


def test_history_and_logs_are_never_deleted():
    deletable = {m._meta.label for m, a in admin.site._registry.items() if a.can_be_deleted}
    assert deletable == {"territory.UnitArea", "patrols.ShareTemplate"}


def test_the_front_page_keeps_its_order(filled, superuser, sign_in):
    page = sign_in(superuser).get(reverse("admin:index"))
    assert [app["app_label"] for app in page.context["app_list"]] == list(ORDER)
    shown = [m["object_name"] for m in page.context["app_list"][0]["models"]]
    assert shown == list(ORDER["patrols"])


@pytest.mark.parametrize("who", ["officer", "commander", "operator", "volunteer", "nobody"])
def test_only_administrators_come_in(request, filled, sign_in, who):
    client = sign_in(request.getfixturevalue(who))
    for page in ("admin:index", "admin:patrols_duty_changelist", "admin:autocomplete"):
        assert client.get(reverse(page)).status_code in {302, 403}


def test_rows_of_any_table_by_number_have_no_door(superuser, sign_in):
    assert sign_in(superuser).get("/admin/r/1/1/").status_code == 404


def test_line_9_the_admin_searches_names_as_people_type_them():
    plain = {
        (model.__name__, found)
        for model, model_admin in admin.site._registry.items()
        for found in model_admin.search_fields
        if found.rpartition("__")[2] in {"name", "label", "address"}
    }
    assert not plain


@pytest.mark.parametrize("typed", ["jembatan-lima", "Jembatan – Lima.", "“Jembatan Lima”"])
def test_line_9_an_admin_list_finds_a_name_however_it_is_typed(superuser, sign_in, units, typed):
    wanted = make.make_group(units.polsek, "Pokdar Jembatan Lima")
    make.make_group(units.polsek, "Senkom")
    url = reverse("admin:partners_partnergroup_changelist")
    answer = sign_in(superuser).get(url, {"q": typed})
    assert list(answer.context["cl"].result_list) == [wanted]
