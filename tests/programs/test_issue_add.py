import uuid

import pytest
from django.urls import reverse

from programs.models import ResidentIssue
from tests import factories as make
from tests.two_people import words_of

URL = reverse("programs:issue_add")


def sent(**fields):
    return {"kind": "complaint", "text": "Jalan gelap", "client_uuid": str(uuid.uuid4()), **fields}


def test_written_once_however_often_it_arrives(sign_in, officer):
    client, body = sign_in(officer), sent()
    first = client.post(URL, body)
    assert first.url == client.post(URL, body).url
    issue = ResidentIssue.objects.get()
    assert (issue.text, issue.author, issue.unit) == ("Jalan gelap", officer, officer.unit)
    answer = client.post(URL, body | {"text": "Lain sekali"})
    assert answer.status_code == 409
    assert "Jalan gelap" in words_of(answer)
    assert "Lain sekali" in words_of(answer)


def test_from_an_activity_it_begins_where_that_was(sign_in, officer, units):
    village = make.make_area("31.73.04.1001", "Duri Utara")
    activity = make.make_activity(units.polsek, officer, village=village, rw=5, rt=2)
    client = sign_in(officer)
    form = client.get(URL, {"activity": activity.pk}).context["form"]
    assert (form["village"].value(), form["rw"].value()) == (str(village.pk), 5)
    body = sent(activity=activity.pk, village=village.pk, rw=5, rt=2)
    client.post(URL, body)
    issue = ResidentIssue.objects.get()
    assert (issue.activity, issue.at, issue.rw_rt) == (activity, activity.at, "RT 002/RW 05")


@pytest.mark.parametrize("key", ["999999", "x", "-1"])
def test_an_activity_that_is_not_there(sign_in, officer, key):
    assert sign_in(officer).get(URL, {"activity": key}).status_code == 404


def test_nor_one_of_another_unit(sign_in, neighbour, officer, units):
    activity = make.make_activity(units.polsek, officer)
    client = sign_in(neighbour)
    assert client.get(URL, {"activity": activity.pk}).status_code == 404
    assert client.post(URL, sent(activity=activity.pk)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"text": ""}, "text"), ({"rt": "3"}, "rw"), ({"rw": "3"}, "rw"), ({"kind": "x"}, "kind")],
)
def test_errors_stand_at_their_fields(sign_in, officer, fields, wrong):
    answer = sign_in(officer).post(URL, sent(**fields))
    assert list(answer.context["form"].errors) == [wrong]
    assert not ResidentIssue.objects.exists()


def test_no_field_asks_for_a_name(sign_in, officer):
    fields = set(sign_in(officer).get(URL).context["form"].fields)
    assert not {name for name in fields if "name" in name or "phone" in name or "resident" in name}


def test_a_copy_for_the_phone(sign_in, officer):
    answer = sign_in(officer).get(URL, headers={"X-Copy": "1"})
    assert answer.headers["X-Copy"] == str(officer.pk)
    listed = sign_in(officer).get(reverse("patrols:copy_list")).json()["pages"]
    assert URL in listed
