from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from programs.models import ResidentIssue
from tests import factories as make
from tests.programs.test_forums import forum  # noqa: F401
from tests.two_people import words_of


def test_the_old_list_and_a_sheet(sign_in, officer, forum, units):  # noqa: F811
    make.make_issue(units.polsek, officer, "Lampu mati")
    ResidentIssue.objects.update(at=timezone.now() - timedelta(days=2))
    words = words_of(sign_in(officer).get(reverse("programs:forum_print", args=[forum.pk])))
    assert "Lampu mati" in words
    assert "Siapa yang hadir" in words
