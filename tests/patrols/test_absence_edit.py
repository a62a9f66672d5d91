from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence
from tests import factories as make
from tests.patrols.test_absences import FIRST, LAST
from tests.patrols.test_people_who_left import clock  # noqa: F401


def test_two_planners_change_one_absence(client, officer, operator):
    absence = make.make_absence(officer, FIRST, LAST)
    path = reverse("patrols:absence_edit", args=[absence.pk])
    client.force_login(operator)
    seen = client.get(path).context["form"].initial["seen"]
    Absence.objects.update(ends_on=date(2026, 11, 30))
    sent = {"kind": "sick", "starts_on": "2026-11-20", "ends_on": "2026-11-25", "seen": seen}
    answer = client.post(path, sent)
    assert answer.status_code == 409
    absence.refresh_from_db()
    assert absence.kind == "leave"


def test_an_absence_to_come_is_deleted_not_come_back_from(client, officer, operator):
    absence = make.make_absence(officer, FIRST, LAST)
    path = reverse("patrols:absence_edit", args=[absence.pk])
    client.force_login(operator)
    page = client.get(path).content.decode()
    assert "Batal, hapus catatan ini" in page
    assert "Sudah dinas lagi hari ini" not in page
    Absence.objects.update(starts_on=timezone.localdate())
    assert "Sudah dinas lagi hari ini" in client.get(path).content.decode()


def test_is_back_today(client, officer, operator):
    absence = make.make_absence(officer, FIRST, LAST)
    client.force_login(operator)
    answer = client.post(reverse("patrols:absence_end", args=[absence.pk]))
    assert answer.url == reverse("patrols:absence_list")
    assert not Absence.objects.exists()
