from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from programs.services.activities import withdraw_activity


def url(name, activity):
    return reverse(f"programs:{name}", args=[activity.pk])


def test_leads_to_each_form_made_of_it(client, officer, activity, sheet):
    client.force_login(officer)
    page = client.get(url("activity_detail", activity)).content.decode()
    assert reverse("programs:activity_sheet", args=[activity.pk, "dds"]) in page
    assert url("activity_share", activity) in page
    assert "RT 012/RW 05, Tambora" in page


def test_the_sealed_name_stands_on_no_page(client, activity, officer, commander, sheet):
    pages = ["activity_detail", "activity_share", "activity_edit", "resident_open"]
    for user in (officer, commander):
        client.force_login(user)
        addresses = [url(name, activity) for name in pages]
        addresses += [reverse("programs:activity_sheet", args=[activity.pk, "dds"])]
        addresses += [reverse("programs:activity_list")]
        for address in addresses:
            assert "Kenari" not in client.get(address).content.decode(), address


def test_only_its_author_is_led_to_the_name(client, activity, officer, commander):
    client.force_login(officer)
    assert client.get(url("activity_detail", activity)).context["has_resident"]
    client.force_login(commander)
    assert not client.get(url("activity_detail", activity)).context["has_resident"]


def test_taken_back_it_counts_no_more(client, activity, officer):
    client.force_login(officer)
    for _try in range(2):
        answer = client.post(url("activity_withdraw", activity), follow=True)
        assert answer.status_code == 200
    activity.refresh_from_db()
    assert activity.withdrawn_at
    assert "Dibatalkan" in client.get(url("activity_detail", activity)).content.decode()
    answer = client.get(url("activity_share", activity), follow=True)
    assert "Sudah ditarik" in answer.content.decode()


def test_only_its_author_takes_it_back_and_for_a_week(activity, officer, commander):
    with pytest.raises(PermissionDenied):
        withdraw_activity(activity=activity, by=commander)
    type(activity).objects.update(received_at=timezone.now() - timedelta(days=8))
    with pytest.raises(PermissionDenied):
        withdraw_activity(activity=activity, by=officer)
