from django.urls import reverse

from programs.models import ResidentIssue
from tests.programs.test_forums import forum, said  # noqa: F401
from tests.programs.test_issues import issue  # noqa: F401


def url(row):
    return reverse("programs:issue_publish", args=[row.pk])


def test_the_words_are_edited_and_numbers_taken_out(sign_in, operator, forum):  # noqa: F811
    row = said(forum, "Lampu mati, WA 081234567890")
    client = sign_in(operator)
    form = client.get(url(row)).context["form"]
    assert "0812" not in form["public_text"].value()
    body = {"public_text": "Lampu mati 081234567890", "public_answer": "Dipasang"}
    for _tap in range(2):
        assert client.post(url(row), body).status_code == 302
    found = ResidentIssue.objects.get()
    assert "0812" not in found.public_text
    assert found.timeline.filter(step="published").count() == 1


def test_nobody_but_who_plans(sign_in, officer, forum):  # noqa: F811
    assert sign_in(officer).get(url(said(forum))).status_code == 403


def test_without_a_meeting_there_is_no_page(sign_in, operator, issue):  # noqa: F811
    assert sign_in(operator).get(url(issue)).status_code == 403
