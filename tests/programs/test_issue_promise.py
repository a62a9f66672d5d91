from datetime import timedelta

from django.urls import reverse

from programs.models import ResidentIssue
from programs.services.issues import verify_issue
from tests import factories as make
from tests.programs.test_issues import finish, issue, mate, promise  # noqa: F401
from tests.two_people import sent_fields, words_of


def url(row):
    return reverse("programs:issue_promise", args=[row.pk])


def test_promised_by_an_office(sign_in, officer, issue, mate):  # noqa: F811
    officer.postings.update(title="Bhabinkamtibmas Duri")
    client = sign_in(officer)
    form = client.get(url(issue)).context["form"]
    assert form["promised_by"].value() == "Bhabinkamtibmas Duri"
    assert str(mate.pk) in dict(form.fields["owner"].choices)
    body = sent_fields(form) | {"answer": "Pasang lampu", "owner": str(mate.pk)}
    for _tap in range(2):
        assert client.post(url(issue), body).url == f"/programs/issues/{issue.pk}/"
    found = ResidentIssue.objects.get()
    assert (found.state, found.owner, found.answer) == ("promised", mate, "Pasang lampu")
    assert (found.due - found.unit.today()).days == 7
    assert found.timeline.count() == 2


def test_errors_keep_what_was_typed(sign_in, officer, issue):  # noqa: F811
    yesterday = issue.unit.today() - timedelta(days=1)
    body = {"promised_by": "Kapolsek", "due": yesterday.isoformat(), "answer": "Segera"}
    answer = sign_in(officer).post(url(issue), body)
    assert list(answer.context["form"].errors) == ["due"]
    assert "Segera" in words_of(answer)


def test_somebody_else_was_faster(sign_in, officer, issue, mate):  # noqa: F811
    client = sign_in(officer)
    body = sent_fields(client.get(url(issue)).context["form"])
    body |= {"promised_by": "Kapolsek", "answer": "Kami cek"}
    promise(issue, mate)
    answer = client.post(url(issue), body)
    assert answer.status_code == 409
    assert "lebih dulu" in words_of(answer)
    assert "Kami cek" in words_of(answer)
    body["seen"] = answer.context["form"]["seen"].value()
    assert client.post(url(issue), body).status_code == 302
    assert ResidentIssue.objects.get().promised_by == "Kapolsek"


def test_an_officer_of_elsewhere_is_no_owner(sign_in, officer, issue, neighbour):  # noqa: F811
    form = sign_in(officer).get(url(issue)).context["form"]
    assert str(neighbour.pk) not in dict(form.fields["owner"].choices)
    body = {"promised_by": "Kapolsek", "due": issue.unit.today(), "owner": neighbour.pk}
    answer = sign_in(officer).post(url(issue), body)
    assert list(answer.context["form"].errors) == ["owner"]


def test_what_is_settled_leads_back(sign_in, officer, units, mate):  # noqa: F811
    found = finish(make.make_issue(units.polsek, officer), officer)
    verify_issue(issue=found, by=mate)
    assert sign_in(officer).get(url(found)).url == f"/programs/issues/{found.pk}/"
