"""Who is away, and the hole that shows everywhere."""

from django.urls import reverse

from accounts.services.absences import save_absence
from tests import factories as make
from tests.patrols.test_absences import absence_of
from tests.patrols.test_people_who_left import clock, planned  # noqa: F401


def page_of(client, user, name, *arguments, **sent):
    client.force_login(user)
    return client.get(reverse(f"patrols:{name}", args=arguments), sent).content.decode()


def test_the_pages_show_the_hole(client, units, officer, operator):
    planned(units.polsek, officer, leader=officer)
    save_absence(absence=absence_of(officer, note="operasi"), by=operator)
    assert "cuti sampai 25 Nov" in page_of(client, operator, "schedule_list")
    assert "cuti sampai 25 Nov" in page_of(client, operator, "night_list")
    shown = page_of(client, operator, "absence_list")
    assert officer.name in shown
    assert "operasi" in shown


def test_the_list_takes_the_same_queries_for_more(
    client, units, operator, django_assert_max_num_queries
):
    for _ in range(5):
        make.make_absence(make.make_user("", units.polsek, "officer"))
    client.force_login(operator)
    with django_assert_max_num_queries(6):
        client.get(reverse("patrols:absence_list"))
