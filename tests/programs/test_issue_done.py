from django.urls import reverse

from programs.models import ResidentIssue
from tests.programs.test_issues import issue, mate, promise  # noqa: F401


def url(row):
    return reverse("programs:issue_done", args=[row.pk])


def test_done_by_its_owner(sign_in, officer, issue, mate):  # noqa: F811
    promise(issue, officer, owner=officer)
    assert sign_in(mate).get(url(issue)).status_code == 403
    client = sign_in(officer)
    answer = client.post(url(issue), {"answer": " "})
    assert list(answer.context["form"].errors) == ["answer"]
    assert client.post(url(issue), {"answer": "Lampu dipasang"}).status_code == 302
    found = ResidentIssue.objects.get()
    assert (found.state, found.done_by, found.answer) == ("done", officer, "Lampu dipasang")
