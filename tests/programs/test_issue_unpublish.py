from django.urls import reverse

from programs.models import ResidentIssue
from programs.services.issues import publish_issue
from tests.programs.test_forums import forum, said  # noqa: F401


def test_taken_from_the_page(sign_in, operator, forum):  # noqa: F811
    row = publish_issue(issue=said(forum), by=operator, public_text="Lampu mati")
    url = reverse("programs:issue_unpublish", args=[row.pk])
    for _tap in range(2):
        assert sign_in(operator).post(url).status_code == 302
    found = ResidentIssue.objects.get()
    assert (found.published_at, found.public_text) == (None, "")
    assert found.timeline.filter(step="unpublished").count() == 1
