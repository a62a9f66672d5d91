from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from toolkit.schema import past_rows


@pytest.fixture
def edit(client, officer, activity, kind):
    client.force_login(officer)
    path = reverse("programs:activity_edit", args=[activity.pk])

    def sent(seen=None, **fields):
        form = client.get(path).context["form"]
        names = [name for name in form.fields if form[name].value() not in (None, "")]
        body = {name: form[name].value() for name in names}
        body["happened_on"] = form["happened_on"].value().isoformat()
        body["happened_time"] = f"{form['happened_time'].value():%H:%M}"
        return client.post(path, body | ({"seen": seen} if seen else {}) | fields)

    sent.path = path
    return sent


def test_corrected_with_a_trace(edit, activity):
    before = activity.at
    assert edit(text="Kata yang benar", rt="13").status_code == 302
    activity.refresh_from_db()
    assert (activity.text, activity.rt, activity.rw) == ("Kata yang benar", 13, 5)
    assert activity.at == before
    assert activity.corrected_at
    assert [row.text for row in past_rows(type(activity))] == ["Warga minta ronda dihidupkan lagi"]


def test_another_time(edit, activity):
    earlier = activity.at.astimezone(activity.unit.zone) - timedelta(hours=3)
    edit(happened_on=f"{earlier:%Y-%m-%d}", happened_time=f"{earlier:%H:%M}")
    activity.refresh_from_db()
    assert activity.at == earlier.replace(second=0, microsecond=0)


def test_two_tabs(edit, client, activity):
    seen = client.get(edit.path).context["form"]["seen"].value()
    edit(text="Tab pertama")
    answer = edit(seen=seen, text="Tab kedua")
    assert answer.status_code == 409
    activity.refresh_from_db()
    assert activity.text == "Tab pertama"
    assert "Tab kedua" in answer.content.decode()


def test_what_is_offered_no_more_stays(edit, activity, kind):
    kind.is_active = False
    kind.save()
    assert edit(text="Tetap").status_code == 302
    activity.refresh_from_db()
    assert (activity.kind, activity.village.name) == (kind, "Tambora")


def test_after_a_week_it_stays(edit, client, activity):
    type(activity).objects.update(received_at=timezone.now() - timedelta(days=8))
    assert "tujuh hari" in client.get(edit.path, follow=True).content.decode()


def test_nobody_else(client, edit, commander):
    client.force_login(commander)
    assert client.get(edit.path).status_code == 403
