from django.urls import reverse

from programs.models import Forum
from programs.services.forums import hold_forum
from tests.programs.test_forums import forum  # noqa: F401
from tests.two_people import client_of, sent_fields


def test_changed_and_the_address_stays(sign_in, officer, forum):  # noqa: F811
    client, url = sign_in(officer), reverse("programs:forum_edit", args=[forum.pk])
    body = sent_fields(client.get(url).context["form"]) | {"place": "Balai RW 07"}
    assert client.post(url, body).status_code == 302
    found = Forum.objects.get()
    assert (found.place, found.key, found.starts_at) == ("Balai RW 07", forum.key, forum.starts_at)


def test_two_people(officer, commander, forum):  # noqa: F811
    url = reverse("programs:forum_edit", args=[forum.pk])
    one, two = client_of(officer), client_of(commander)
    body = sent_fields(one.get(url).context["form"])
    other = sent_fields(two.get(url).context["form"])
    one.post(url, body | {"begins": "08:00"})
    answer = two.post(url, other | {"place": "Balai"})
    assert answer.status_code == 409
    shown = sent_fields(answer.context["form"])
    assert (str(shown["begins"])[:5], shown["place"]) == ("08:00", "Balai")


def test_a_held_one_stays(sign_in, officer, forum):  # noqa: F811
    hold_forum(forum=forum, by=officer)
    url = reverse("programs:forum_edit", args=[forum.pk])
    assert sign_in(officer).get(url).url == reverse("programs:forum_detail", args=[forum.pk])
