import uuid

from django.test import Client
from django.urls import reverse

from programs.models import ForumSignIn
from programs.views import public
from tests import factories as make
from tests.programs.test_forums import ended, forum  # noqa: F401


def url(row):
    return reverse("programs:forum_attend", args=[row.key])


def sent(**fields):
    return {"client_uuid": str(uuid.uuid4()), **fields}


def test_once_for_a_browser(client, forum):  # noqa: F811
    for _tap in range(3):
        assert client.post(url(forum), sent(rw="5")).status_code == 302
    assert ForumSignIn.objects.get().rw == 5
    page = client.get(reverse("programs:forum_open", args=[forum.key]))
    assert page.context["is_signed_in"]
    Client().post(url(forum), sent())
    assert ForumSignIn.objects.count() == 2


def test_once_for_a_form_whose_answer_was_lost(forum):  # noqa: F811
    body = sent()
    for _tap in range(2):
        Client().post(url(forum), body)
    assert ForumSignIn.objects.count() == 1


def test_not_before_and_not_after(forum, units, officer):  # noqa: F811
    Client().post(url(ended(forum, 13)), sent())
    Client().post(url(make.make_forum(units.polsek, officer, hours_ago=-9)), sent())
    assert not ForumSignIn.objects.exists()


def test_too_many_from_one_phone(forum, monkeypatch):  # noqa: F811
    monkeypatch.setattr(public, "SIGN_INS", public.SIGN_INS._replace(most=1))
    for _phone in range(3):
        Client().post(url(forum), sent(), headers={"User-Agent": "satu"})
    assert ForumSignIn.objects.count() == 1


def test_who_types_no_number_is_counted_without_an_rw(client, forum):  # noqa: F811
    client.post(url(forum), sent(rw="x"))
    assert ForumSignIn.objects.get().rw is None
