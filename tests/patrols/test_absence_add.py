from django.urls import reverse

from accounts.models import Absence
from tests import factories as make
from tests.patrols.test_absence_list import page_of
from tests.patrols.test_absences import FIRST, LAST
from tests.patrols.test_people_who_left import clock  # noqa: F401


def test_the_form_of_a_schedule_says_who_will_be_away(client, units, officer, operator):
    make.make_absence(officer, FIRST, LAST)
    assert "(cuti 20 Nov–25 Nov)" in page_of(client, operator, "schedule_add")


def test_the_form_keeps_what_was_typed(client, officer, operator):
    client.force_login(operator)
    sent = {"user": officer.pk, "kind": "leave", "note": "Umrah", "starts_on": "2026-11-20"}
    answer = client.post(reverse("patrols:absence_add"), sent | {"ends_on": "2026-11-19"})
    assert answer.context["form"].errors["ends_on"]
    assert "Umrah" in answer.content.decode()
    answer = client.post(reverse("patrols:absence_add"), sent | {"ends_on": "2026-11-21"})
    assert answer.url == reverse("patrols:absence_list")
    assert Absence.objects.get().user == officer
