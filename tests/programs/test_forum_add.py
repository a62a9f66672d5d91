from datetime import timedelta

from django.urls import reverse

from programs.models import Forum
from tests import factories as make
from tests.two_people import sent_fields

URL = reverse("programs:forum_add")


def test_planned_once(sign_in, officer):
    make.make_activity_kind("friday_talk", "Jumat Curhat")
    client = sign_in(officer)
    form = client.get(URL).context["form"]
    assert (form["kind"].value(), form["name"].value()) == ("friday_talk", "Jumat Curhat")
    body = sent_fields(form) | {"on": "2027-01-08", "place": "Balai RW 05"}
    assert client.post(URL, body).url == client.post(URL, body).url
    forum = Forum.objects.get()
    assert (forum.unit, forum.author, forum.state) == (officer.unit, officer, "planned")
    assert forum.ends_at - forum.starts_at == timedelta(hours=2)
    assert forum.starts_at.astimezone(forum.unit.zone).hour == 9
    assert client.post(URL, body | {"name": "Lain"}).status_code == 409


def test_errors_stand_at_their_fields(sign_in, officer):
    make.make_activity_kind()
    body = {"kind": "visit", "name": "X", "on": "besok", "begins": "09:00", "until": "09:00"}
    answer = sign_in(officer).post(URL, body)
    assert set(answer.context["form"].errors) == {"on", "place"}
    body |= {"on": "2027-01-08", "place": "Balai"}
    assert list(sign_in(officer).post(URL, body).context["form"].errors) == ["until"]
