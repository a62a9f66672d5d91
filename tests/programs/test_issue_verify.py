from datetime import timedelta

from django.urls import reverse

from programs.models import ResidentIssue
from tests.programs.test_issues import finish, issue, mate  # noqa: F401


def url(row):
    return reverse("programs:issue_verify", args=[row.pk])


def test_by_somebody_else(sign_in, officer, issue, mate):  # noqa: F811
    finish(issue, officer)
    assert sign_in(officer).get(url(issue)).status_code == 403
    client = sign_in(mate)
    assert client.get(url(issue)).status_code == 200
    assert client.post(url(issue), {"verdict": "yes", "word_of": "resident"}).status_code == 302
    found = ResidentIssue.objects.get()
    assert (found.state, found.verified_by) == ("verified", mate)
    assert found.timeline.latest("pk").is_residents_word


def test_not_true(sign_in, officer, issue, mate):  # noqa: F811
    finish(issue, officer)
    client = sign_in(mate)
    answer = client.post(url(issue), {"verdict": "no", "word_of": "looked"})
    assert set(answer.context["form"].errors) == {"text", "due"}
    due = issue.unit.today() + timedelta(days=3)
    body = {"verdict": "no", "word_of": "looked", "text": "Masih gelap", "due": due.isoformat()}
    assert client.post(url(issue), body).status_code == 302
    found = ResidentIssue.objects.get()
    assert (found.state, found.due, found.done_by) == ("promised", due, None)
