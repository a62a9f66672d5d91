"""The forms made of one activity, to copy field by field or to print."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from programs.models import Activity, ActivityKind, Sheet
from territory.models import Unit
from tests import factories as make


@pytest.fixture
def lines(client, officer, sheet):
    client.force_login(officer)

    def read(activity, code="dds"):
        answer = client.get(reverse("programs:activity_sheet", args=[activity.pk, code]))
        return {f.line.label: f for panel in answer.context["panels"] for f in panel.lines}

    return read


def test_each_field_has_what_was_written(lines, activity):
    found = lines(activity)
    assert found["RT"].value == "012"
    assert found["Uraian"].value == activity.text
    assert found["Sumber"].value == "Kamtibmas"
    assert found["Kecamatan"].value == activity.village.parent.name
    assert found["Suku"].is_by_hand
    assert found["Suku"].value == ""
    assert found["Nama kepala keluarga"].value == ""


def test_what_the_system_would_refuse_is_said(lines, activity):
    found = lines(activity)
    assert "Kurang 17 huruf: minimal 50 huruf." in found["Uraian"].warnings
    assert found["Bidang"].warnings == ["Wajib di sana, tetapi di sini kosong."]
    Activity.objects.update(text="x" * 50, topic="economy")
    activity.refresh_from_db()
    assert not [f.warnings for f in lines(activity).values() if f.warnings]


def test_the_same_words_in_the_same_month_are_warned_of(lines, activity, units, officer, commander):
    text = "x" * 60
    Activity.objects.update(text=text)
    make.make_activity(units.polsek, commander, text, at=timezone.now() - timedelta(minutes=1))
    activity.refresh_from_db()
    assert not lines(activity)["Uraian"].warnings
    first = activity.at.astimezone(units.polsek.zone).replace(day=1, hour=0, minute=0)
    before = make.make_activity(units.polsek, officer, text)
    Activity.objects.filter(pk=before.pk).update(at=first - timedelta(minutes=1))
    assert not lines(activity)["Uraian"].warnings
    Activity.objects.filter(pk=before.pk).update(at=max(first, activity.at - timedelta(minutes=2)))
    (warning,) = lines(activity)["Uraian"].warnings
    assert "teks yang sama" in warning


def test_each_visit_has_its_sheets_of_the_seeds(client, db):
    call_command("load_seeds", verbosity=0)
    unit = Unit.objects.get(code="polsek-tambora")
    officer = make.make_user("Bhabin", unit, "officer")
    for code in ("visit", "early_detection", "problem_solving", "counselling"):
        kind = ActivityKind.objects.get(code=code)
        activity = make.make_activity(unit, officer, kind=kind)
        client.force_login(officer)
        page = client.get(reverse("programs:activity_detail", args=[activity.pk]))
        assert page.context["on_paper"], code
        for sheet in [*page.context["on_paper"], *page.context["to_copy"]]:
            path = reverse("programs:activity_sheet", args=[activity.pk, sheet.code])
            assert client.get(path).status_code == 200
    assert Sheet.objects.filter(system="BOS V2").count() == 5
    assert Sheet.objects.filter(system="SIM Linmas").exists()


def test_a_sheet_that_is_offered_no_more(client, officer, activity, sheet):
    Sheet.objects.update(is_active=False)
    client.force_login(officer)
    path = reverse("programs:activity_sheet", args=[activity.pk, "dds"])
    assert client.get(path).status_code == 404


def test_statements(client, officer, activity, sheet, django_assert_num_queries):
    client.force_login(officer)
    path = reverse("programs:activity_sheet", args=[activity.pk, "dds"])
    client.get(path)
    with django_assert_num_queries(8):
        client.get(path)
