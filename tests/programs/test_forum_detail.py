"""One page answers: what was answered to the last Jumat Curhat?"""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from programs.models import ResidentIssue
from programs.services import forums, issues
from tests import factories as make
from tests.programs.test_forums import forum, said  # noqa: F401
from tests.programs.test_issues import finish, promise
from tests.two_people import words_of


def url(row):
    return reverse("programs:forum_detail", args=[row.pk])


def test_the_old_list_with_what_became_of_it(sign_in, officer, units):
    last = make.make_forum(units.polsek, officer, "Curhat lalu", hours_ago=7 * 24)
    texts = ("Lampu mati", "Knalpot bising", "Minta pasar", "Parkir liar", "Lama sekali")
    lamp, noise, market, parking, ancient = (said(last, text) for text in texts)
    forums.hold_forum(forum=last, by=officer)
    promise(lamp, officer, answer="Pasang lampu")
    issues.verify_issue(
        issue=finish(noise, officer), by=make.make_user("Dua", units.polsek, "officer")
    )
    issues.explain_issue(issue=market, by=officer, why="not_ours", answer="Itu wewenang camat")
    long_ago = timezone.now() - timedelta(days=90)
    issues.explain_issue(issue=ancient, by=officer, why="cannot", answer="Dulu", now=long_ago)
    ResidentIssue.objects.update(at=timezone.now() - timedelta(days=7))
    now = make.make_forum(units.polsek, officer, "Curhat ini")
    said(now, "Keluhan baru")
    answer = sign_in(officer).get(url(now))
    old = [row.text for row in answer.context["old"]]
    assert sorted(old) == sorted(texts[:4])
    assert [row.text for row in answer.context["issues"]] == ["Keluhan baru"]
    assert answer.context["before"] == last
    words = words_of(answer)
    for part in ("Curhat lalu", "Pasang lampu", "Lampu dipasang", "Itu wewenang camat"):
        assert part in words
    assert parking.number in words


def test_only_of_its_village_and_unit(sign_in, officer, units, neighbour):
    here, there = (make.make_area(f"31.73.04.100{n}", f"Desa {n}") for n in (1, 2))
    make.make_issue(units.polsek, officer, "Sini", village=here)
    make.make_issue(units.polsek, officer, "Sana", village=there)
    make.make_issue(units.polsek, officer, "Entah")
    make.make_issue(units.polsek_neighbour, neighbour, "Asing")
    ResidentIssue.objects.update(at=timezone.now() - timedelta(days=1))
    found = make.make_forum(units.polsek, officer, village=here)
    old = sign_in(officer).get(url(found)).context["old"]
    assert {row.text for row in old} == {"Sini", "Entah"}


def test_who_signed_in_and_the_end(sign_in, officer, forum, admin_user):  # noqa: F811
    assert "0 orang" in words_of(sign_in(officer).get(url(forum)))
    page = sign_in(officer).get(url(forum))
    assert page.context["may_hold"]
    assert not sign_in(admin_user).get(url(forum)).context["may_hold"]


def test_queries(sign_in, officer, units, forum, django_assert_max_num_queries):  # noqa: F811
    for number in range(15):
        make.make_issue(units.polsek, officer, f"Lama {number}")
        said(forum, f"Baru {number}")
    ResidentIssue.objects.filter(forum=None).update(at=timezone.now() - timedelta(days=1))
    client = sign_in(officer)
    with django_assert_max_num_queries(9):
        client.get(url(forum))
